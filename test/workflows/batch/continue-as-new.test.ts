// A batch with a long history lets its jobs end, and goes on in a fresh one: wherever that is, it comes to the same manifest.
import { expect, test } from 'vitest';
import { comparable, expectWhole, uploadsOf } from '../../support/batch-outcomes';
import { type BatchRecordsView, type BatchSetup, useBatches } from '../../support/batches';
import { sample } from '../../support/breadth';
import { historiesOf, type HistoryEvent } from '../../support/histories';
import { RARELY, type RunOptions } from '../../support/time-skipping';

const withBatches = useBatches();

const JOBS = 8;
const JOB_MS = 20 * 60_000;
const FAKE: RunOptions['fake'] = { startedJobs: { timeline: [['IN_PROGRESS', JOB_MS], ['COMPLETED']] } };

/** From the smallest number that is allowed, at which no batch of so many jobs is over, to one at which some are. */
const EVENTS = Array.from({ length: 11 }, (_, n) => 50 + 2 * n);
const PARALLEL = [3, 2, 4, 1];
const CASES = EVENTS.flatMap((events, n) =>
  PARALLEL.map((_, p): [number, number] => [events, PARALLEL[(n + p) % PARALLEL.length]!]),
);

/** Records of the batch whose history is never long: once for all tests. */
let undisturbed: Promise<BatchRecordsView> | undefined;

test.each(sample(CASES, 2))('after %i events, with %i jobs at a time', async (events, parallel) => {
  undisturbed ??= withBatches((setup) => run(setup, 'whole', parallel).then(({ told }) => told), { fake: FAKE });
  const { manifest, parts } = await undisturbed;
  await withBatches(
    async (setup) => {
      const { handle, told } = await run(setup, `after-${events}-${parallel}`, parallel, events);
      expect(told.parts).toEqual(parts);
      expect(told.manifest).toEqual({ ...manifest, options: { ...manifest.options, parallel } });

      const { workflowId, firstExecutionRunId: runId } = handle;
      const histories = await historiesOf(setup.env.client, [{ workflowId, runId }]);
      const runs = histories.filter((one) => one.workflowId === workflowId).map(({ history }) => history.events ?? []);
      if (events === EVENTS[0]) expect(runs.length).toBeGreaterThan(1);
      const [first, ...later] = runs.map(inputOf);
      expect(first).toHaveProperty('documents');
      for (const input of later) expect(input, 'the plan has the documents').not.toHaveProperty('documents');
      for (const history of runs) {
        const running = runningChildren(history);
        expect(Math.max(...running)).toBeLessThanOrEqual(parallel);
        expect(running.at(-1), 'left at its end').toBe(0);
      }
      const taken = setup.api.requests.filter(({ operation, status }) => operation === 'createJob' && status === 200);
      const underWay = taken.map(({ at }) => taken.filter((other) => other.at <= at && at < other.at + JOB_MS).length);
      expect(Math.max(...underWay)).toBeLessThanOrEqual(parallel);
    },
    { fake: FAKE },
  );
});

async function run(setup: BatchSetup, key: string, parallel: number, continueAsNewAfterEvents?: number) {
  const { api, documents, startBatch, records, to, root } = setup;
  const given = await documents(JOBS);
  const input = { start: { templateId: 't' }, documents: given, outputs: { to }, perJob: 1, parallel, ...RARELY };
  const handle = await startBatch({ ...input, ...(continueAsNewAfterEvents && { continueAsNewAfterEvents }) }, key);
  expect((await handle.result()).counts).toMatchObject({ ok: given.length, jobs: JOBS, failedJobs: 0 });
  const told = await records(key);
  await expectWhole(to, told);
  expect(new Set(uploadsOf(api)).size).toBe(given.length);
  expect(api.jobs).toHaveLength(JOBS);
  return { handle, told: comparable(told, root) };
}

/** The input of a run, by its history. */
function inputOf([started]: readonly HistoryEvent[]): object {
  const { input } = started?.workflowExecutionStartedEventAttributes ?? {};
  return JSON.parse(Buffer.from(input?.payloads?.[0]?.data ?? '').toString()) as object;
}

/** How many children run after each event of a history. */
function runningChildren(events: readonly HistoryEvent[]): number[] {
  let running = 0;
  return events.map((event) => {
    if (event.startChildWorkflowExecutionInitiatedEventAttributes) running++;
    if (event.childWorkflowExecutionCompletedEventAttributes) running--;
    return running;
  });
}
