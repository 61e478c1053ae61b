// A batch whose worker is killed once its history has any number of events, and replaced, comes to the same manifest: each document once, no
// job twice. Only where a worker dies as it sends a start, nobody can know of that job: the manifest says so, and the others are run.
// `npm run sweep:kills` does it after each event in turn; here is a sample.
import { expect, test, type TestContext } from 'vitest';
import { startRunJobs } from '../../src';
import { type FakeUnstructuredOptions, faults } from '../../src/testing';
import { type BatchRecordsView, readRecords } from '../support/batches';
import { eventsOf } from '../support/histories';
import { batchOf, expectEachOnce, expectSameRecords, runUndisturbed } from './support/batch';
import { useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';
import { killPoints, SWEEP, untilEvent } from './support/kill-points';
import { startStoringWorker } from './support/storing-worker';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();
const JOBS = 3;
const PER_JOB = 2;
/** More than a batch of this size has. */
const MOST_EVENTS = 50;
const OPTIONS = { perJob: PER_JOB, parallel: 2 };
const FAKE: FakeUnstructuredOptions = {
  startedJobs: { timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] },
  faults: [[{ operation: 'createJob' }, faults.delay('300ms')]],
};

/** Records of the batch whose worker nobody kills: once for all tests. */
let undisturbed: Promise<BatchRecordsView> | undefined;

const withoutKills = (onFinished: TestContext['onTestFinished']): Promise<BatchRecordsView> =>
  withApi((setup) => runUndisturbed(setup, JOBS * PER_JOB, onFinished, OPTIONS), FAKE);

test.concurrent.for(killPoints(MOST_EVENTS, [7, 21]))(
  'killed after event %i',
  { timeout: 300_000 },
  async (point, { onTestFinished }) => {
    await withApi(async (setup) => {
      const { api, client } = setup;
      const batch = await batchOf(setup, JOBS * PER_JOB, onTestFinished, OPTIONS);
      await using first = new WorkerProcess();
      await first.run(setup, 'first', batch.folder);
      const handle = await startRunJobs(client, batch.input);
      await untilEvent(client, handle.workflowId, point);
      await first.kill();
      const events = await eventsOf(handle);
      await startStoringWorker(setup, batch.folder);

      const { counts } = await handle.result();
      const { manifest } = await readRecords(batch.to, batch.input.key);
      expect(counts).toMatchObject({ documents: JOBS * PER_JOB, failed: 0, refused: 0, jobs: JOBS });
      expect(counts.missing).toBe(manifest.unsettledJobs.length * PER_JOB);
      expect(manifest).toMatchObject({ outcome: 'completed', counts });
      await expectEachOnce(api, batch);
      await expectSameRecords(batch, await (undisturbed ??= withoutKills(onTestFinished)));
      console.log(`killed after event ${point}: the history had ${events.length}`);
      const isEnd = attributesOf(events, 'workflowExecutionCompletedEventAttributes').length > 0;
      if (!SWEEP) expect(isEnd, 'killed after its end').toBe(false);
      if (point === MOST_EVENTS) expect(isEnd, 'a longer batch than MOST_EVENTS').toBe(true);
    }, FAKE);
  },
);
