// What a thousand starts show without a server, a few runs show through the real workflow: however their starts go wrong, and whenever they
// are cancelled and begun again under their key, there is one job at most, and a run ends with its own.
import { expect, test } from 'vitest';
import { startRunJob } from '../../../src';
import { faults, type Fault, type TimelineStep } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { sample } from '../../support/breadth';
import { randomFrom } from '../../support/random';
import { originOf, useRuns, type RunSetup } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const RUNS = 20;
const random = randomFrom(20_261_125);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

const TROUBLE: Fault[][] = [
  [faults.reset()],
  [faults.reset({ after: 'half' })],
  [faults.html({ status: 502 })],
  [faults.status(408)],
  [faults.notAccepted(), faults.reset()],
  [faults.notAccepted(), faults.rateLimit()],
  [faults.notAccepted(), faults.rateLimit({ retryAfter: 600 })],
  [faults.notAccepted(), faults.status(422)],
];

const BUSY: TimelineStep[] = [['IN_PROGRESS', '40m'], ['COMPLETED']];

/** How a run is set up, told by its test's name: a failure can be looked at again. */
const ALL = Array.from({ length: RUNS }, (_, index) => ({
  index,
  kind: pick(['onDemand', 'uploads', 'connector'] as const),
  trouble: random() < 0.8 ? Math.floor(random() * TROUBLE.length) : -1,
  times: pick([1, 1, 3, 8]),
  isBusy: random() < 0.4,
  listFails: random() < 0.3,
  cancelledAfterMinutes: random() < 0.6 ? Math.ceil(random() * 40) : null,
}));
const CASES = sample(ALL, 10);

async function play(setup: RunSetup, one: (typeof CASES)[number]): Promise<string> {
  const { api, document, env, to } = setup;
  const { index, kind, trouble, times, isBusy, listFails, cancelledAfterMinutes } = one;
  // By checks: when a run is begun again, skipped time is anything.
  api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
  const operation = kind === 'onDemand' ? 'createJob' : 'runWorkflow';
  const fault = TROUBLE[trouble];
  if (fault) api.addFaults([[{ operation, first: times }, ...fault]]);
  if (listFails) api.addFaults([[{ operation: 'listJobs', first: 9 }, faults.status(503)]]);
  const workflowId = kind === 'onDemand' ? null : api.addWorkflow().id;
  const createdAt = (await env.currentTimeMs()) - 5 * 60_000;
  const other = workflowId && isBusy ? api.addJob({ workflowId, createdAt, timeline: BUSY }) : null;
  const documents = kind === 'connector' ? [] : [await document('a.pdf', `content ${index}`)];
  const start = workflowId === null ? { templateId: 't' } : { workflowId };
  const input = { key: `random-${index}`, taskQueue: QUEUE, start, documents, outputs: { to } };
  const begin = () => startRunJob(env.client, input);

  const first = await begin();
  if (cancelledAfterMinutes !== null) {
    await env.sleep(`${cancelledAfterMinutes} minutes`);
    await atRest(env.client, first);
    await first.cancel();
  }
  await first.result().catch(() => undefined);
  const result = await (await begin()).result().catch((error: unknown) => String((error as Error).cause));

  const ours = api.jobs.filter(({ id }) => id !== other?.id);
  expect(ours.length).toBeLessThanOrEqual(1);
  expect(api.requests.filter((r) => r.operation === 'cancelJob' && r.jobId === other?.id)).toEqual([]);
  if (!fault) expect(result).toMatchObject({ job: { status: 'COMPLETED' } });
  if (typeof result === 'string') return result;
  expect(ours.map(({ id }) => id)).toEqual([result.job.id]);
  expect(result.documents.map(({ status }) => status)).toEqual(documents.map(() => 'ok'));
  for (const { outputs } of result.documents) expect((await originOf(outputs[0]!)).job_id).toBe(result.job.id);
  return result.start.how;
}

const ends: string[] = [];

test.each(CASES)('$kind $index: trouble $trouble, $times times', async (one) => {
  await withRuns(async (setup) => void ends.push(await play(setup, one)));
});

/** How a run may end; whatever else it ends with is wrong. */
const ENDS = [
  /^answered$/,
  /^found$/,
  /^ApplicationFailure: The start sent at .* was not answered/,
  /^ApplicationFailure: POST .* answered 422: /,
];

test('they ended in all the ways that there are, and in no other', () => {
  expect(ends).toHaveLength(CASES.length);
  for (const end of ENDS) expect(ends).toContainEqual(expect.stringMatching(end));
  expect(ends.filter((text) => !ENDS.some((end) => end.test(text)))).toEqual([]);
});
