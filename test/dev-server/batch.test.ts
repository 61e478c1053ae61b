// A batch on a real server: whatever is killed, each document is once in the manifest, and none is paid for twice.
import { WorkflowFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { batchProgress, startRunJobs } from '../../src';
import type { FakeUnstructuredOptions } from '../../src/testing';
import { readRecords } from '../support/batches';
import { repetitions } from '../support/breadth';
import { eventsOf } from '../support/histories';
import { randomFrom } from '../support/random';
import { batchOf, expectEachOnce, expectSameRecords, runUndisturbed } from './support/batch';
import { useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';
import { startStoringWorker } from './support/storing-worker';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();
const JOB_MS = 2_000;

test.concurrent(
  'no more jobs run at a time than may, and each adds nine events to the history of the batch',
  async ({ onTestFinished }) => {
    await withApi(
      async (setup) => {
        const { api, client } = setup;
        const batch = await batchOf(setup, 12, onTestFinished, { perJob: 1, parallel: 3 });
        await startStoringWorker(setup, batch.folder);
        const handle = await startRunJobs(client, batch.input);
        const { counts } = await handle.result();
        expect(counts).toMatchObject({ documents: 12, ok: 12, jobs: 12, failedJobs: 0 });
        const starts = api.requests.filter(({ operation }) => operation === 'createJob').map(({ at }) => at);
        const running = starts.map((at) => starts.filter((start) => start <= at && at < start + JOB_MS).length);
        expect(Math.max(...running)).toBeGreaterThan(1);
        expect(Math.max(...running)).toBeLessThanOrEqual(3);
        await expectEachOnce(api, batch);
        const events = await eventsOf(handle);
        expect(events.length).toBeLessThanOrEqual(12 * 9 + 20);
        const begun = attributesOf(events, 'startChildWorkflowExecutionInitiatedEventAttributes');
        expect(begun.map(({ workflowId }) => workflowId)).toEqual(
          Array.from({ length: 12 }, (_, n) => `${batch.input.key}/${n + 1}`),
        );
        const inputs = begun
          .flatMap(({ input }) => input?.payloads ?? [])
          .map(({ data }) => String(Buffer.from(data ?? [])));
        expect(inputs).toHaveLength(12);
        expect(inputs.join()).not.toContain('doc-');
        const told = await handle.query(batchProgress);
        expect(told).toMatchObject({
          phase: 'ended',
          done: { documents: 12, jobs: 12 },
          counts,
        });
      },
      { startedJobs: { timeline: [['IN_PROGRESS', JOB_MS], ['COMPLETED']] } },
    );
  },
);

test.concurrent(
  'workers that are killed again and again lose nothing, and start no job twice',
  { timeout: 600_000 },
  async ({ onTestFinished }) => {
    const fake: FakeUnstructuredOptions = { startedJobs: { timeline: [['IN_PROGRESS', '1s'], ['COMPLETED']] } };
    const documents = repetitions(10, 120);
    const options = { perJob: 2, parallel: 2 };
    const undisturbed = withApi((setup) => runUndisturbed(setup, documents, onTestFinished, options), fake);
    undisturbed.catch(() => undefined); // it is awaited at the end
    await withApi(async (setup) => {
      const batch = await batchOf(setup, documents, onTestFinished, options);
      const handle = await startRunJobs(setup.client, batch.input);
      const random = randomFrom(7);
      const events = async () => (await handle.describe()).historyLength;
      for (let n = 0; n < repetitions(2, 12); n++) {
        await using worker = new WorkerProcess();
        await worker.run(setup, `worker ${n}`, batch.folder);
        const more = (await events()) + Math.floor(random() * repetitions(6, 60));
        await eventually(async () => expect(await events()).toBeGreaterThan(more));
        await worker.kill();
      }
      await startStoringWorker(setup, batch.folder);
      const { counts } = await handle.result();
      const { manifest } = await readRecords(batch.to, batch.input.key);
      expect(counts.documents).toBe(documents);
      // Nobody can know of a start whose worker died as it was sent: it is told, and not sent again.
      expect(counts.missing).toBe(manifest.unsettledJobs.length * 2);
      await expectEachOnce(setup.api, batch);
      await expectSameRecords(batch, await undisturbed);
    }, fake);
  },
);

test.concurrent(
  'a batch of something else is not joined, nor is a workflow of another type',
  async ({ onTestFinished }) => {
    await withApi(async (setup) => {
      const { client, queue } = setup;
      const { input } = await batchOf(setup, 2, onTestFinished);
      const handle = await startRunJobs(client, input); // no worker takes it
      expect((await startRunJobs(client, { ...input, parallel: 2 })).firstExecutionRunId).toBe(
        handle.firstExecutionRunId,
      );
      const other = startRunJobs(client, { ...input, start: { templateId: 'other' } });
      await expect(other).rejects.toThrow(`The key "${input.key}" has a batch of other documents or options`);
      await client.workflow.start('something', { taskQueue: queue, workflowId: `${queue}-other` });
      const wrong = startRunJobs(client, { ...input, key: `${queue}-other` });
      await expect(wrong).rejects.toThrow('the id of a workflow of type something');
      for (const id of [input.key, `${queue}-other`]) await client.workflow.getHandle(id).terminate();
    });
  },
);

test.concurrent(
  'a batch that is terminated goes on under its key: what is through is not run again',
  async ({ onTestFinished }) => {
    await withApi(
      async (setup) => {
        const { api, client } = setup;
        const batch = await batchOf(setup, 4, onTestFinished, { perJob: 1, parallel: 1 });
        await startStoringWorker(setup, batch.folder);
        const first = await startRunJobs(client, batch.input);
        await eventually(async () => expect((await first.query(batchProgress)).done.jobs).toBeGreaterThanOrEqual(2));
        await first.terminate();
        const { counts } = await (await startRunJobs(client, batch.input)).result();
        expect(counts).toMatchObject({ documents: 4, ok: 4, failedJobs: 0 });
        const { parts } = await readRecords(batch.to, batch.input.key);
        expect(parts.flat().map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
        const statuses = await Promise.all(api.jobs.map((job) => job.status()));
        expect(statuses.filter((status) => status === 'COMPLETED')).toHaveLength(4);
      },
      { startedJobs: { timeline: [['IN_PROGRESS', '2s'], ['COMPLETED']] } },
    );
  },
);

test.concurrent(
  'a job whose run is terminated may have been started: the manifest lists it among the unsettled jobs',
  async ({ onTestFinished }) => {
    await withApi(
      async (setup) => {
        const { api, client } = setup;
        const batch = await batchOf(setup, 2, onTestFinished, { perJob: 1, parallel: 1 });
        await startStoringWorker(setup, batch.folder);
        const handle = await startRunJobs(client, batch.input);
        await eventually(() => expect(api.jobs).toHaveLength(1));
        const key = `${batch.input.key}/1`;
        await client.workflow.getHandle(key).terminate();
        expect((await handle.result()).counts).toMatchObject({ ok: 1, missing: 1, failedJobs: 1 });
        const { manifest } = await readRecords(batch.to, batch.input.key);
        const message = expect.stringContaining('It may have started a job: look for it') as string;
        expect(manifest.unsettledJobs).toEqual([{ part: 1, workflowId: key, jobId: null, message }]);
      },
      { startedJobs: { timeline: [['IN_PROGRESS', '2s'], ['COMPLETED']] } },
    );
  },
);

test.concurrent(
  'a batch that is joined after it continued as new is cancelled by the handle',
  async ({ onTestFinished }) => {
    await withApi(
      async (setup) => {
        const { client } = setup;
        const batch = await batchOf(setup, 40, onTestFinished, {
          perJob: 1,
          parallel: 1,
          continueAsNewAfterEvents: 50,
        });
        await startStoringWorker(setup, batch.folder);
        const first = await startRunJobs(client, batch.input);
        await eventually(async () =>
          expect((await client.workflow.getHandle(first.workflowId).describe()).runId).not.toBe(
            first.firstExecutionRunId,
          ),
        );
        const joined = await startRunJobs(client, batch.input);
        await joined.cancel();
        await expect(joined.result()).rejects.toThrow(WorkflowFailedError);
        expect((await joined.describe()).status.name).toBe('CANCELLED');
        expect((await readRecords(batch.to, batch.input.key)).manifest).toMatchObject({ outcome: 'cancelled' });
      },
      { startedJobs: { timeline: [['COMPLETED']] } },
    );
  },
);
