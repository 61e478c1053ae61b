// However starts are lost, cut, refused or repeated, however many of equal names go out at once, and however their runs are ended and begun
// again under their keys: no start has a second job, and nobody gets another's output or job.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { faults, type Fault, type FaultRule } from '../../../src/testing';
import { perform, withStorage } from '../../activities/support';
import { mergeResumed } from '../../../src/core/run/resumed';
import type { Launched } from '../../../src/core/start/state';
import { randomFrom } from '../../support/random';
import { runStart, type StartCase } from './random-starts';

const RUNS = 1_000;
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

type World = Awaited<ReturnType<typeof withStorage>>;

/** A start with all that its check needs. */
interface Case extends StartCase {
  /** Group and number: what `expect` says, and the seed of the case. */
  name: string;
  random: () => number;
  /** Content of its document; null for a workflow that reads from its connector. */
  text: string | null;
  /** The runs of its workflow that are somebody else's. */
  foreign: Set<string>;
  /** Nothing goes wrong, and nobody ends it. */
  isUntroubled: boolean;
}

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
  expect([...outcomes.keys()].filter((end) => !ENDS.includes(end))).toEqual([]);
  const total = (begin: string) =>
    [...outcomes].reduce((sum, [end, times]) => sum + (end.startsWith(begin) ? times : 0), 0);
  const lost = 'UnstructuredStartUncertainError';
  const firsts = ['terminated', 'cancelled', lost, 'UnstructuredValidationError'];
  for (const kind of ['answered', 'found', lost, ...firsts.map((end) => `first ${end}`)])
    expect(total(kind), kind).toBeGreaterThan(RUNS / 100);
});

/** Starts that go out side by side, of which some are begun again. */
async function playGroup(group: number, count: (end: string) => void): Promise<void> {
  const random = seeded(`group ${group}`);
  const pick = pickBy(random);
  const isCalm = group % 10 === 0;
  const clock = { at: Date.parse('2026-01-01T00:00:00Z') };
  const world = await withStorage({ now: () => clock.at, slots: AT_ONCE, seed: String(group) });
  const { api, activities, inbox } = world;
  const [running, lag] = [pick([5, 30, 600]) * MINUTE, pick([0, 0, 20_000, 400_000])];
  api.setLaunched({ timeline: [['SCHEDULED', MINUTE], ['IN_PROGRESS', running], ['COMPLETED']] });
  const rules = Array.from({ length: 2 * AT_ONCE }, (_, index): FaultRule | undefined => {
    const operation = index % 2 === 0 ? 'createJob' : 'runWorkflow';
    const nth = Math.floor(index / 2) + 1;
    return random() < 0.7 ? [{ operation, from: nth, to: nth }, ...pick(TROUBLE)] : undefined;
  });
  api.setAnswers({ listLag: lag });
  if (!isCalm) {
    api.addFaults(rules.filter((rule) => rule !== undefined));
    if (random() < 0.3) api.addFaults([[{ operation: 'listJobs', times: 3 }, faults.status(503)]]);
  }

  const cases = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => newCase(`${group}-${index}`)));
  const ended = await Promise.all(cases.map((one) => startUnderKey(one)));
  clock.at += 11 * 60 * MINUTE;
  for (const [index, how] of ended.entries()) count(await check(world, how, cases[index]!));
  // Each start's content is in one job at most, and so is each workflow's run beside those of somebody else.
  const contents = api.jobs.flatMap((job) => job.uploads.map(({ sha256 }) => sha256));
  expect(new Set(contents).size, `group ${group}`).toBe(contents.length);
  for (const { target, foreign, name } of cases) {
    if (!('workflowId' in target)) continue;
    const jobs = await jobsOf(activities, target.workflowId);
    expect(jobs.filter((id) => !foreign.has(id)).length, name).toBeLessThanOrEqual(1);
  }

  async function newCase(name: string): Promise<Case> {
    const random = seeded(name);
    const kind = pickBy(random)(['onDemand', 'onDemand', 'uploads', 'connector'] as const);
    const [text, isBusy] = [kind === 'connector' ? null : `content ${name}`, random() < 0.3];
    const workflowId = kind === 'onDemand' ? undefined : api.addWorkflow().id;
    // Begun well before any start here, or between two sends.
    const foreign = new Set<string>();
    const addForeign = (ageMs: number) => {
      const createdAt = clock.at - ageMs;
      foreign.add(api.addJob({ workflowId, createdAt, timeline: [['IN_PROGRESS', running], ['COMPLETED']] }).id);
    };
    if (workflowId !== undefined && isBusy) addForeign((2 + Math.floor(random() * 8)) * MINUTE);
    let intrusions = kind === 'connector' && lag === 0 && random() < 0.5 ? 1 : 0;
    const isHeld = kind === 'onDemand' && random() < 0.3;
    const hasToken = text !== null && random() < 0.75;
    const diesAfterMs = random() < 0.15 ? Math.floor(random() * 40) : null;
    const terminatedAfter = random() < 0.25 ? Math.floor(random() * 12) : Infinity;
    const cancelledAfterMs = random() < 0.15 ? Math.floor(random() * 3 * MINUTE) : Infinity;
    return {
      name,
      random,
      token: hasToken ? tokenOf(`${name} 1`) : null,
      target: workflowId === undefined ? { templateId: 't' } : { workflowId },
      // Equal names, contents of their own.
      documents: text === null ? [] : [await documentOf(join(inbox, name), text)],
      options: isHeld ? { whenFull: 'hold', maxRunning: 2, launchBudget: 20 * MINUTE } : {},
      uploadTimeoutMs: isCalm ? 30_000 : 1_000,
      diesAfterMs,
      terminatedAfter,
      cancelledAfterMs,
      intrude() {
        if (intrusions-- > 0) addForeign(0);
      },
      text,
      foreign,
      isUntroubled: isCalm && diesAfterMs === null && terminatedAfter === Infinity && cancelledAfterMs === Infinity,
    };
  }

  /** Begins again as `startRunJob` does with the same key. */
  async function startUnderKey(one: Case): Promise<Launched | string> {
    let outcome = await runStart(activities, one, clock, one.random);
    if ('ended' in outcome) count(`first ${outcome.ended}`);
    for (let again = 2; again < 4 && !('launched' in outcome); again++) {
      const resume = mergeResumed(outcome.resume, undefined) ?? null;
      const fresh = one.token === null ? null : tokenOf(`${one.name} ${again}`);
      const token = resume ? (resume.token ?? null) : fresh;
      const next = { ...one, token, terminatedAfter: Infinity, cancelledAfterMs: Infinity };
      outcome = await runStart(activities, next, clock, one.random, resume);
    }
    return 'launched' in outcome ? outcome.launched : outcome.ended;
  }
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

async function documentOf(folder: string, text: string): Promise<{ ref: string }> {
  await mkdir(folder);
  await writeFile(join(folder, 'invoice.pdf'), text);
  return { ref: pathToFileURL(join(folder, 'invoice.pdf')).href };
}

async function jobsOf(activities: World['activities'], workflowId: string): Promise<string[]> {
  return (await perform(activities, 'unstructured.listJobs', { workflowId })).jobs.map(({ id }) => id);
}

/** The job is the start's own: its output tells of its content, or it is the one run of its workflow that is not somebody else's. */
async function check({ activities, to }: World, outcome: Launched | string, one: Case): Promise<string> {
  const { name, token, text, target, foreign, isUntroubled } = one;
  const end = typeof outcome === 'string' ? outcome : outcome.how;
  if (isUntroubled) expect(end, name).toBe('answered');
  if (typeof outcome === 'string') return end;
  const { job, inputFileIds, outputNodeFiles } = outcome;
  if (text === null) {
    const jobs = 'workflowId' in target ? await jobsOf(activities, target.workflowId) : [];
    expect(
      jobs.filter((id) => !foreign.has(id)),
      name,
    ).toEqual([job.id]);
    return end;
  }
  if (token === null) expect(end, name).toBe('answered');
  const files = (inputFileIds ?? []).map((fileId) => ({
    fileId,
    nodeIds: (outputNodeFiles ?? []).filter((file) => file.fileId === fileId).map(({ nodeId }) => nodeId),
  }));
  const request = { jobId: job.id, files, which: 'final', to } as const;
  const { saved } = await perform(activities, 'unstructured.collectJobOutputs', request);
  expect(saved, name).toHaveLength(1);
  const [element] = JSON.parse(await readFile(fileURLToPath(saved[0]!.location), 'utf8'));
  expect(element.metadata.sha256, name).toBe(createHash('sha256').update(text).digest('hex'));
  return end;
}
