// Whenever a batch is cancelled, no job of it runs afterwards, and the same key brings each document to its end.
import { expect, test } from 'vitest';
import { batchProgress, type DocumentSource, type RunJobsInput } from '../../../src';
import { type FakeUnstructuredOptions, faults } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { expectWhole, uploadsOf } from '../../support/batch-outcomes';
import { type BatchHandle, type BatchSetup, useBatches } from '../../support/batches';
import { sample } from '../../support/breadth';
import { Gate } from '../../support/gate';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();

/** A moment at which a batch is cancelled. */
interface Moment {
  documents?: number;
  options?: Partial<RunJobsInput>;
  fake?: FakeUnstructuredOptions;
  /** Resolves when it has come. */
  come: (setup: BatchSetup, handle: BatchHandle, held: Gate) => Promise<void>;
  /** What goes on only after the cancellation. */
  holds?: 'list' | 'createJob' | 'downloadJobOutput';
}

const HELD: Moment['come'] = (_setup, _handle, held) => held.opened;

const AROUND_CONTINUE_AS_NEW: [string, Moment][] = [
  [
    'right after it continued as new',
    {
      documents: 8,
      options: { continueAsNewAfterEvents: 50 },
      come: async ({ env }, handle) => {
        const runId = async () => (await env.client.workflow.getHandle(handle.workflowId).describe()).runId;
        while ((await runId()) === handle.firstExecutionRunId) await env.sleep('1 minute');
        await atRest(env.client, handle);
      },
    },
  ],
  [
    'while jobs end before it continues as new',
    {
      documents: 8,
      options: { continueAsNewAfterEvents: 50 },
      come: async ({ env }, handle) => {
        while ((await handle.query(batchProgress)).phase !== 'draining') await env.sleep('1 minute');
        await atRest(env.client, handle);
      },
    },
  ],
];

/** An activity that ends after its workflow stops the clock of the Java server: these moments come last. */
const STOPS_CLOCK = new Set<Moment['holds']>(['downloadJobOutput', 'list']);

const MOMENTS: [string, Moment][] = [
  ['while a start is sent', { holds: 'createJob', come: HELD }],
  [
    'while a job runs, and others wait for their turn',
    { options: { startSpacing: '1 hour' }, come: ({ env }) => env.sleep('5 minutes') },
  ],
  ['while a job runs, and others are queued', { fake: { slots: 1 }, come: ({ env }) => env.sleep('5 minutes') }],
  ...sample(AROUND_CONTINUE_AS_NEW, 1),
  [
    'while outputs are fetched',
    { fake: { startedJobs: { timeline: ['COMPLETED'] } }, holds: 'downloadJobOutput', come: HELD },
  ],
  ['while its documents are listed', { holds: 'list', come: HELD }],
];

test.each(MOMENTS)('%s', async (name, { documents: count = 3, options, fake, come, holds }) => {
  const [reached, released] = [new Gate(), new Gate()];
  const hold = async (what: Moment['holds']) => {
    if (what !== holds) return;
    reached.open();
    await released.opened;
  };
  const names = Array.from({ length: count }, (_, n) => `${n}.txt`);
  await withBatches(
    async (setup) => {
      const { api, env, startBatch, runBatch, records, to } = setup;
      const key = name.replaceAll(/[ ,]+/g, '-');
      const input: RunJobsInput = {
        ...RARELY,
        start: { templateId: 't' },
        documents: { from: 'held:' },
        outputs: { to },
        perJob: 1,
        parallel: 3,
        ...options,
      };
      if (holds === 'createJob' || holds === 'downloadJobOutput')
        api.addFaults([
          [{ operation: holds, first: 1, test: () => (reached.open(), true) }, faults.until(released.opened)],
        ]);
      const handle = await startBatch(input, key);
      await come(setup, handle, reached);
      await env.client.workflow.getHandle(key).cancel();
      released.open();
      await expect(handle.result()).rejects.toThrow('cancelled');

      const statuses = () => Promise.all(api.jobs.map((job) => job.status()));
      const atEnd = await statuses();
      for (const status of atEnd) expect(['COMPLETED', 'STOPPED']).toContain(status);
      if (!STOPS_CLOCK.has(holds)) {
        await env.sleep('1 day');
        expect(await statuses()).toEqual(atEnd);
      }

      api.setStartedJobs({ timeline: ['COMPLETED'] });
      expect((await runBatch(input, key)).counts).toMatchObject({ documents: count, ok: count, failedJobs: 0 });
      const told = await records(key);
      expect(told.parts.flat().map(({ ref }) => ref)).toEqual(names.map((one) => `held:${one}`));
      await expectWhole(to, told);
      const after = await statuses();
      const completed = uploadsOf({ jobs: api.jobs.filter((_, index) => after[index] === 'COMPLETED') });
      expect([completed.length, new Set(completed).size]).toEqual([count, count]);
    },
    {
      // Only checks bring a job on: the clock may be far ahead once a result is there.
      fake: { startedJobs: { timeline: [['SCHEDULED', 0], ['IN_PROGRESS', { checks: 3 }], ['COMPLETED']] }, ...fake },
      plugin: { documents: { sources: { held: source(names, () => hold('list')) } } },
    },
  );
});

function source(names: string[], listing: () => Promise<void>): DocumentSource {
  return {
    async *list() {
      await listing();
      yield { entries: names.map((name) => ({ ref: `held:${name}`, path: name })) };
    },
    open: (ref) => {
      async function* stream() {
        yield await Promise.resolve(Buffer.from(`text of ${ref}`));
      }
      return Promise.resolve({ bytes: undefined, stream });
    },
  };
}
