// However starts are lost, cut, refused or repeated, however many documents of equal names go out at once, in whatever order the API names
// them, and however their runs are ended and begun again under their keys, also during a send: no start has a second job, nobody gets
// another's output or job, and each document has its own.
import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { mergeResumed } from '../../../src/core/run/resume';
import { type Fault, type FaultRule, faults } from '../../../src/testing';
import { withStorage } from '../../activities/support';
import { repetitions } from '../../support/breadth';
import { randomFrom } from '../../support/random';
import { ToldDocuments } from './random-documents';
import type { Moment } from './random-sends';
import {
  type Case,
  endOf,
  expectNoJob,
  expectOneJobAtMost,
  expectOwnJob,
  expectWithdrawal,
} from './random-start-checks';
import { runStart, type RandomOutcome } from './random-starts';

const RUNS = repetitions(200, 1_000);
const AT_ONCE = 10;
/** Groups wait for starts that hang, each on a clock of its own. */
const GROUPS_AT_ONCE = 8;
const MINUTE = 60_000;

const TROUBLE: Fault[][] = [
  [faults.reset()],
  [faults.reset({ after: 'half' })],
  [faults.truncate()],
  [faults.html({ status: 502 })],
  [faults.hang()],
  [faults.status(408)],
  [faults.status(500)],
  [faults.notAccepted(), faults.reset()],
  [faults.notAccepted(), faults.hang()],
  [faults.notAccepted(), faults.status(503)],
  [faults.notAccepted(), faults.rateLimit({ retryAfter: 1 })],
  [faults.notAccepted(), faults.status(422)],
];

/** How starts may end; after a colon, how a start failed that stayed uncertain. Anything else, such as a TypeError, is a defect. */
const ENDS = [
  'answered',
  'found',
  'terminated',
  'cancelled',
  'UnstructuredValidationError',
  ...['TimeoutFailure', 'UnknownOutcome', 'UnstructuredConnectionError', 'UnstructuredResponseError'],
  ...['UnstructuredServerError', 'UnstructuredTimeoutError'],
].flatMap((end, index) => (index < 5 ? [end, `first ${end}`] : [UNCERTAIN(end), `first ${UNCERTAIN(end)}`]));

function UNCERTAIN(cause: string): string {
  return `UnstructuredStartUncertainError: ${cause}`;
}

/** When the run is cancelled during a send: before its first byte, or after. */
const DOCUMENT_MOMENTS: Moment[] = ['begun', 'opened', 'reading', 'reading', 'read', 'read'];
const CONNECTOR_MOMENTS: Moment[] = ['begun', 'listed', 'listed'];

/** What is counted of a start that is cancelled during a send begins so; then comes what came of the send, and how the start ended. */
const CANCELLED_SEND = 'first send cancelled: ';

/** How such starts end that nobody terminates besides; a workflow that is busy answers, but brings no job. */
const CANCELLED_SENDS = [
  'nothing sent, cancelled',
  'answered, answered',
  'answered, cancelled',
  'refused, cancelled',
  'lost, found',
  'lost, cancelled',
].map((end) => CANCELLED_SEND + end);

test(`${RUNS} randomised starts`, { timeout: 300_000 }, async () => {
  /** How starts ended, and how those did that were begun again. */
  const outcomes = new Map<string, number>();
  const count = (name: string) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  let next = 0;
  const player = async () => {
    try {
      while (next < RUNS / AT_ONCE) await playGroup(next++, count);
    } finally {
      next = RUNS; // after a failure nobody begins another
    }
  };
  const players = await Promise.allSettled(Array.from({ length: GROUPS_AT_ONCE }, player));
  for (const played of players) if (played.status === 'rejected') throw played.reason;

  console.log(Object.fromEntries(outcomes));
  expect([...outcomes.keys()].filter((end) => ![...ENDS, ...CANCELLED_SENDS].includes(end))).toEqual([]);
  const total = (begin: string) =>
    [...outcomes].reduce((sum, [end, times]) => sum + (end.startsWith(begin) ? times : 0), 0);
  const lost = 'UnstructuredStartUncertainError';
  const firsts = ['terminated', 'cancelled', lost];
  for (const kind of ['answered', 'found', lost, ...firsts.map((end) => `first ${end}`)])
    expect(total(kind), kind).toBeGreaterThanOrEqual(repetitions(1, RUNS / 100 + 1));
  // The rarest ones are for the many.
  for (const end of ['first UnstructuredValidationError', ...CANCELLED_SENDS])
    expect(outcomes.get(end) ?? 0, end).toBeGreaterThanOrEqual(repetitions(0, 1));
});

/** Starts that go out side by side, of which some are begun again. */
async function playGroup(group: number, count: (end: string) => void): Promise<void> {
  const random = seeded(`group ${group}`);
  const pick = pickBy(random);
  const isCalm = group % 10 === 0;
  const clock = { at: Date.parse('2026-01-01T00:00:00Z') };
  const told = new ToldDocuments();
  const fake = { now: () => clock.at, slots: AT_ONCE, seed: String(group) };
  const world = await withStorage(fake, { sources: { told } });
  const { api, activities } = world;
  const [running, lag] = [pick([5, 30, 600]) * MINUTE, pick([0, 0, 20_000, 400_000])];
  api.setStartedJobs({ timeline: [['SCHEDULED', MINUTE], ['IN_PROGRESS', running], ['COMPLETED']] });
  const rules = Array.from({ length: 2 * AT_ONCE }, (_, index): FaultRule | undefined => {
    const operation = index % 2 === 0 ? 'createJob' : 'runWorkflow';
    const nth = Math.floor(index / 2) + 1;
    return random() < 0.7 ? [{ operation, from: nth, to: nth }, ...pick(TROUBLE)] : undefined;
  });
  api.setAnswers({ listLag: lag, fileOrder: 'shuffled' });
  if (!isCalm) {
    api.addFaults(rules.filter((rule) => rule !== undefined));
    if (random() < 0.3) api.addFaults([[{ operation: 'listJobs', times: 3 }, faults.status(503)]]);
  }

  const cases = Array.from({ length: AT_ONCE }, (_, index) => newCase(`${group}-${index}`));
  const ended = await Promise.all(cases.map((one) => startUnderKey(one)));
  clock.at += 11 * 60 * MINUTE;
  for (const [index, outcome] of ended.entries()) {
    const one = cases[index]!;
    await expectOwnJob(world, outcome, one);
    if (isWithdrawn(outcome)) expectNoJob(world, one);
    count(endOf(outcome));
  }
  expectOneJobAtMost(world, cases);

  function newCase(name: string): Case {
    const random = seeded(name);
    const kind = pickBy(random)(['onDemand', 'onDemand', 'uploads', 'connector'] as const);
    const size = kind === 'connector' ? 0 : 1 + Math.floor(random() * 4);
    const texts = Array.from({ length: size }, (_, index) => `content ${name} ${index}`);
    const isBusy = random() < 0.3;
    const workflowId = kind === 'onDemand' ? undefined : api.addWorkflow().id;
    // Begun well before any start here, or between two sends.
    const foreign = new Set<string>();
    const addForeign = (ageMs: number) => {
      const createdAt = clock.at - ageMs;
      foreign.add(api.addJob({ workflowId, createdAt, timeline: [['IN_PROGRESS', running], ['COMPLETED']] }).id);
    };
    if (workflowId !== undefined && isBusy) addForeign((2 + Math.floor(random() * 8)) * MINUTE);
    let intrusions = kind === 'connector' && lag === 0 && random() < 0.5 ? 1 : 0;
    const hasToken = size > 0 && random() < 0.75;
    const diesAfterMs = random() < 0.15 ? Math.floor(random() * 40) : null;
    const terminatedAfter = random() < 0.25 ? Math.floor(random() * 12) : Infinity;
    const cancelledAfterMs = random() < 0.15 ? Math.floor(random() * 3 * MINUTE) : Infinity;
    const at = pickBy(random)(size > 0 ? DOCUMENT_MOMENTS : CONNECTOR_MOMENTS);
    const sendCancelled = random() < 0.3 ? { at, afterMs: pickBy(random)([0, 0, 2, 10]) } : null;
    const isEnded = terminatedAfter < Infinity || cancelledAfterMs < Infinity || sendCancelled !== null;
    const moments = new EventEmitter();
    return {
      name,
      random,
      token: hasToken ? tokenOf(`${name} 1`) : null,
      jobToStart: workflowId === undefined ? { templateId: 't' } : { workflowId },
      // Equal names, contents of their own.
      documents: told.add(name, texts, moments),
      options: {},
      uploadTimeoutMs: isCalm ? 30_000 : 1_000,
      diesAfterMs,
      moments,
      sendCancelled,
      terminatedAfter,
      cancelledAfterMs,
      intrude() {
        if (intrusions-- > 0) addForeign(0);
      },
      texts,
      foreign,
      isUntroubled: isCalm && diesAfterMs === null && !isEnded,
    };
  }

  /** Begins again as `startRunJob` does with the same key, though not always where the start was withdrawn. */
  async function startUnderKey(one: Case): Promise<RandomOutcome> {
    let outcome = await runStart(activities, one, clock, one.random);
    expectWithdrawal(outcome, one);
    if ('ended' in outcome) count(`first ${outcome.ended}`);
    const { cancelledSend } = outcome;
    const end = endOf(outcome);
    if (cancelledSend && end !== 'terminated') count(`${CANCELLED_SEND}${cancelledSend}, ${end}`);
    if (isWithdrawn(outcome)) {
      expectNoJob(world, one);
      if (one.random() < 0.5) return outcome;
    }
    for (let again = 2; again < 4 && !('startedJob' in outcome); again++) {
      const resume = mergeResumed(outcome.resume, undefined) ?? null;
      const fresh = one.token === null ? null : tokenOf(`${one.name} ${again}`);
      const token = resume ? (resume.token ?? null) : fresh;
      const next = { ...one, token, terminatedAfter: Infinity, cancelledAfterMs: Infinity, sendCancelled: null };
      outcome = await runStart(activities, next, clock, one.random, resume);
    }
    return outcome;
  }
}

/** The run was cancelled, and left nothing to look for. */
function isWithdrawn(outcome: RandomOutcome): boolean {
  return !('startedJob' in outcome) && outcome.ended === 'cancelled' && outcome.resume === null;
}

/** Numbers of its own for each name: neighbours' seeds are far apart. */
function seeded(name: string): () => number {
  return randomFrom(createHash('sha256').update(name).digest().readUInt32BE());
}

function pickBy(random: () => number): <T>(list: readonly T[]) => T {
  return (list) => list[Math.floor(random() * list.length)]!;
}

function tokenOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
