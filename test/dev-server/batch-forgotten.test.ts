// Beyond the namespace's retention nobody knows the runs of a batch any more: its manifest does.
import { expect, test } from 'vitest';
import { startRunJobs } from '../../src';
import { batchOf, expectEachOnce } from './support/batch';
import { useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';
import { WorkerProcess } from './support/worker-process';

// Histories that are deleted can't be looked at.
const { withApi } = useDevServer({ atEnd: () => Promise.resolve() });

test('what is through is not run again, though the server has forgotten its runs', async ({ onTestFinished }) => {
  await withApi(
    async (setup) => {
      const { api, client } = setup;
      const batch = await batchOf(setup, 3, onTestFinished, { perJob: 1 });
      await using worker = new WorkerProcess();
      await worker.run(setup, 'only', batch.folder);
      const first = await (await startRunJobs(client, batch.input)).result();
      for (const part of [1, 2, 3]) {
        const execution = { workflowId: `${batch.input.key}/${part}` };
        const { namespace } = client.options;
        await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: execution });
        await eventually(() => expect(client.workflow.getHandle(execution.workflowId).describe()).rejects.toThrow());
      }
      expect(await (await startRunJobs(client, batch.input)).result()).toEqual(first);
      expect(api.jobs).toHaveLength(3);
      await expectEachOnce(api, batch);
    },
    { startedJobs: { timeline: [['COMPLETED']] } },
  );
});
