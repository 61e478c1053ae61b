// Beyond the namespace's retention nobody knows the runs of a batch any more: its manifest does.
import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { startRunJobs } from '../../src';
import { faults } from '../../src/testing';
import { readRecords } from '../support/batches';
import { batchOf, expectEachOnce } from './support/batch';
import { useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';
import { WorkerProcess } from './support/worker-process';

// Histories that are deleted can't be looked at.
const { withApi } = useDevServer({ atEnd: () => Promise.resolve() });

/** As the retention of the namespace does. */
async function forget(client: Client, workflowId: string): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
  await eventually(() => expect(client.workflow.getHandle(workflowId).describe()).rejects.toThrow());
}

test('what is through is not run again, though the server has forgotten its runs', async ({ onTestFinished }) => {
  await withApi(
    async (setup) => {
      const { api, client } = setup;
      const batch = await batchOf(setup, 3, onTestFinished, { perJob: 1 });
      await using worker = new WorkerProcess();
      await worker.run(setup, 'only', batch.folder);
      const first = await (await startRunJobs(client, batch.input)).result();
      await Promise.all([1, 2, 3].map((part) => forget(client, `${batch.input.key}/${part}`)));
      expect(await (await startRunJobs(client, batch.input)).result()).toEqual(first);
      expect(api.jobs).toHaveLength(3);
      await expectEachOnce(api, batch);
    },
    { startedJobs: { timeline: [['COMPLETED']] } },
  );
});

test('a job that may have been started is not started again, though the server has forgotten its run and its batch', async ({
  onTestFinished,
}) => {
  await withApi(
    async (setup) => {
      const { api, client } = setup;
      const batch = await batchOf(setup, 2, onTestFinished, { perJob: 1, parallel: 1 });
      const { key } = batch.input;
      await using worker = new WorkerProcess();
      await worker.run(setup, 'only', batch.folder);
      const first = await startRunJobs(client, batch.input);
      await eventually(() => expect(api.jobs).toHaveLength(1));
      for (const id of [key, `${key}/1`]) await client.workflow.getHandle(id).terminate();
      for (const id of [key, `${key}/1`]) await forget(client, id);

      const second = await startRunJobs(client, batch.input);
      expect(second.firstExecutionRunId).not.toBe(first.firstExecutionRunId);
      expect((await second.result()).counts).toMatchObject({ ok: 1, missing: 1, failedJobs: 1 });
      expect(api.jobs).toHaveLength(2);
      const { manifest, parts } = await readRecords(batch.to, key);
      expect(parts[0]).toMatchObject([{ status: 'missing', unsettled: true, workflowId: `${key}/1` }]);
      expect(manifest.unsettledJobs).toMatchObject([{ part: 1, jobId: null }]);
      await client.workflow.getHandle(`${key}/1`).describe(); // the second run of it, which has ended

      expect((await (await startRunJobs(client, batch.input)).result()).counts).toMatchObject({ ok: 1, missing: 1 });
      expect(api.jobs).toHaveLength(2);
    },
    { startedJobs: { timeline: [['IN_PROGRESS', '1s'], ['COMPLETED']] } },
  );
});

test('a job of which it is known that none was started is started again, though the server has forgotten its run', async ({
  onTestFinished,
}) => {
  await withApi(
    async (setup) => {
      const { api, client } = setup;
      const batch = await batchOf(setup, 1, onTestFinished, { credentialBudget: 0 });
      const { key } = batch.input;
      await using worker = new WorkerProcess();
      await worker.run(setup, 'only', batch.folder);
      expect((await (await startRunJobs(client, batch.input)).result()).counts).toMatchObject({ failed: 1 });
      await forget(client, `${key}/1`);
      expect((await (await startRunJobs(client, batch.input)).result()).counts).toMatchObject({ ok: 1 });
      expect(api.jobs).toHaveLength(1);
    },
    {
      startedJobs: { timeline: [['COMPLETED']] },
      faults: [[{ operation: 'createJob', first: 1 }, faults.notAccepted(), faults.status(401)]],
    },
  );
});

test('a job that was started anew is not started again, though the server has forgotten its first run', async ({
  onTestFinished,
}) => {
  await withApi(
    async (setup) => {
      const { api, client } = setup;
      const batch = await batchOf(setup, 1, onTestFinished);
      const { key } = batch.input;
      await using worker = new WorkerProcess();
      await worker.run(setup, 'only', batch.folder);
      const first = await startRunJobs(client, batch.input);
      await eventually(() => expect(api.jobs).toHaveLength(1));
      await client.workflow.getHandle(key).cancel();
      await first.result().catch(() => undefined);
      const second = await startRunJobs(client, batch.input);
      await eventually(() => expect(api.jobs).toHaveLength(2));
      await client.workflow.getHandle(`${key}/1.2`).terminate();
      await second.result();
      await forget(client, `${key}/1`);

      expect((await (await startRunJobs(client, batch.input)).result()).counts).toMatchObject({ missing: 1 });
      expect(api.jobs).toHaveLength(2);
      const { manifest } = await readRecords(batch.to, key);
      expect(manifest.unsettledJobs).toMatchObject([{ workflowId: `${key}/1.2` }]);
    },
    { startedJobs: { timeline: [['IN_PROGRESS', '10m'], ['COMPLETED']] } },
  );
});
