// However starts are lost, cut, refused or repeated, however many of equal names go out at once, and however their runs are ended and begun
// again under their keys: no start has a second job, and nobody gets another's output or job.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { faults, type Fault, type FaultRule } from '../../../src/testing';
import { perform, withStorage } from '../../activities/support';
import type { Launched } from '../../../src/core/start/state';
import { randomFrom } from '../../support/random';
import { runStart, type StartCase } from './random-starts';

const RUNS = 1_000;
const AT_ONCE = 10;
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

type World = Awaited<ReturnType<typeof withStorage>>;

/** A start with all that its check needs. */
interface Case extends StartCase {
  /** Content of its document; null for a workflow that reads from its connector. */
  text: string | null;
  /** The run of somebody else's that keeps its workflow busy. */
  otherId: string | undefined;
}

test(`${RUNS} randomised starts`, { timeout: 300_000 }, async () => {
  const random = randomFrom(20_261_124);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  /** How starts ended, and how those did that were begun again. */
  const outcomes = new Map<string, number>();
  const count = (name: string) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  const newToken = (text: string) => createHash('sha256').update(`${text} ${random()}`).digest('hex').slice(0, 12);

  for (let group = 0; group < RUNS / AT_ONCE; group++) {
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
    api.addFaults(rules.filter((rule) => rule !== undefined));
    if (random() < 0.3) api.addFaults([[{ operation: 'listJobs', times: 3 }, faults.status(503)]]);

    const cases = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => newCase(`${group}-${index}`)));
    const ended = await Promise.all(cases.map((one) => startUnderKey(one)));
    clock.at += 11 * 60 * MINUTE;
    for (const [index, how] of ended.entries()) count(await check(world, how, cases[index]!));
    // Each start's content is in one job at most, and so is each workflow's run beside that of somebody else.
    const contents = api.jobs.flatMap((job) => job.uploads.map(({ sha256 }) => sha256));
    expect(new Set(contents).size).toBe(contents.length);
    for (const { target, otherId } of cases) {
      if (!('workflowId' in target)) continue;
      const jobs = await jobsOf(activities, target.workflowId);
      expect(jobs.filter((id) => id !== otherId).length).toBeLessThanOrEqual(1);
    }

    async function newCase(name: string): Promise<Case> {
      const kind = pick(['onDemand', 'onDemand', 'uploads', 'connector'] as const);
      const [text, isBusy] = [kind === 'connector' ? null : `content ${name}`, random() < 0.3];
      const workflowId = kind === 'onDemand' ? undefined : api.addWorkflow().id;
      const other = workflowId !== undefined && isBusy ? await addOther(workflowId) : undefined;
      const hasToken = text !== null && random() < 0.75;
      const diesAfterMs = random() < 0.15 ? Math.floor(random() * 40) : null;
      const stopsAfter = random() < 0.3 ? Math.floor(random() * 12) : Infinity;
      return {
        token: hasToken ? newToken(name) : null,
        target: workflowId === undefined ? { templateId: 't' } : { workflowId },
        // Equal names, contents of their own.
        documents: text === null ? [] : [await documentOf(join(inbox, name), text)],
        diesAfterMs,
        stopsAfter,
        text,
        otherId: other?.id,
      };
    }

    /** Begun well before any start here: one that began within the clocks' skew of a lost start could not be told from its job. */
    async function addOther(workflowId: string) {
      const createdAt = clock.at - (2 + Math.floor(random() * 8)) * MINUTE;
      return Promise.resolve(
        api.addJob({ workflowId, createdAt, timeline: [['IN_PROGRESS', running], ['COMPLETED']] }),
      );
    }

    /** Begins again as `startRunJob` does with the same key. */
    async function startUnderKey(one: Case): Promise<Launched | string> {
      let outcome = await runStart(activities, one, clock, random);
      if ('ended' in outcome) count(`first ${outcome.ended}`);
      for (let again = 0; again < 2 && !('launched' in outcome); again++) {
        const { left } = outcome;
        const fresh = one.token === null ? null : newToken(one.documents[0]!.ref);
        const next = { ...one, token: left ? left.token : fresh, stopsAfter: Infinity };
        outcome = await runStart(activities, next, clock, random, left);
      }
      return 'launched' in outcome ? outcome.launched : outcome.ended;
    }
  }

  console.log(Object.fromEntries(outcomes));
  const firsts = ['stopped', 'UnstructuredStartUncertainError', 'UnstructuredValidationError'];
  for (const kind of ['answered', 'found', 'UnstructuredStartUncertainError', ...firsts.map((end) => `first ${end}`)])
    expect(outcomes.get(kind), kind).toBeGreaterThan(RUNS / 100);
});

async function documentOf(folder: string, text: string): Promise<{ ref: string }> {
  await mkdir(folder);
  await writeFile(join(folder, 'invoice.pdf'), text);
  return { ref: pathToFileURL(join(folder, 'invoice.pdf')).href };
}

async function jobsOf(activities: World['activities'], workflowId: string): Promise<string[]> {
  return (await perform(activities, 'unstructured.listJobs', { workflowId })).jobs.map(({ id }) => id);
}

/** The job is the start's own: its output tells of its content, or it is the one run of its workflow that is not somebody else's. */
async function check(
  { activities, to }: World,
  outcome: Launched | string,
  { token, text, target, otherId }: Case,
): Promise<string> {
  if (typeof outcome === 'string') return outcome;
  const { job, how, inputFileIds, outputNodeFiles } = outcome;
  if (text === null) {
    const jobs = 'workflowId' in target ? await jobsOf(activities, target.workflowId) : [];
    expect(jobs.filter((id) => id !== otherId)).toEqual([job.id]);
    return how;
  }
  if (token === null) expect(how).toBe('answered');
  const files = (inputFileIds ?? []).map((fileId) => ({
    fileId,
    nodeIds: (outputNodeFiles ?? []).filter((file) => file.fileId === fileId).map(({ nodeId }) => nodeId),
  }));
  const request = { jobId: job.id, files, which: 'final', to } as const;
  const { saved } = await perform(activities, 'unstructured.collectJobOutputs', request);
  expect(saved).toHaveLength(1);
  const [element] = JSON.parse(await readFile(fileURLToPath(saved[0]!.location), 'utf8'));
  expect(element.metadata.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  return how;
}
