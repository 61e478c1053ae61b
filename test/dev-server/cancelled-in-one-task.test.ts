// The request to cancel and the answer to a check may reach the workflow in one task: it ends as a cancellation all the same.
import { expect, test } from 'vitest';
import { progress, startRunJob, type AwaitJobHandle, type RunJobInput, type StartAwaitJobOptions } from '../../src';
import { faults, type FakeJob, type JobSpec } from '../../src/testing';
import { OFTEN, useDevServer, type Setup } from './support/dev-server';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();

/** Cancels a wait whose first check is answered before the workflow hears of either, and returns the workflow's status. */
async function cancelAndAnswer(
  setup: Setup,
  spec: JobSpec,
  options: Partial<StartAwaitJobOptions>,
): Promise<{ job: FakeJob; handle: AwaitJobHandle; status: string }> {
  const { api, queue, startWorker, start } = setup;
  const activityTaskQueue = `${queue}-activities`;
  const job = api.addJob(spec);
  const handle = await start(job, { ...OFTEN, activityTaskQueue, failedFiles: 'off', ...options });
  const workflows = await startWorker({ plugins: [] });
  await eventually(async () => expect((await handle.describe()).raw.pendingActivities).toHaveLength(1));
  await workflows.stop();
  await handle.cancel();
  await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });
  await eventually(async () => expect((await handle.describe()).raw.pendingActivities).toEqual([]));
  await startWorker({ plugins: [] });
  await handle.result().catch(() => undefined);
  return { job, handle, status: (await handle.describe()).status.name };
}

test.each(['COMPLETED', 'FAILED', 'IN_PROGRESS'])('a job that is answered %s', async (answered) => {
  await withApi(async (setup) => {
    const { handle, status } = await cancelAndAnswer(setup, { timeline: [answered] }, {});
    expect(status).toBe('CANCELLED');
    expect(await handle.query(progress)).toMatchObject({ status: answered, activity: 'ended', cancel: null });
  });
});

test('a check that would end the wait by itself: the job is stopped by the policy', async () => {
  await withApi(async (setup) => {
    const spec: JobSpec = { timeline: ['IN_PROGRESS'], faults: [[1, faults.status(403)]] };
    const { job, handle, status } = await cancelAndAnswer(setup, spec, { onCancel: 'cancel' });
    expect(status).toBe('CANCELLED');
    expect(await job.status()).toBe('STOPPED');
    expect(await handle.query(progress)).toMatchObject({ cancel: { accepted: true, confirmed: true } });
  });
});

test('the answer that an earlier run of the key is to be taken up: no further run begins, which would know nothing of it', async () => {
  await withApi(async ({ api, client, queue, startWorker }) => {
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const input: RunJobInput = { start: { workflowId: api.addWorkflow().id }, ...OFTEN };
    const worker = await startWorker();
    const earlier = await startRunJob(client, { ...input, key: 'between', taskQueue: queue });
    await eventually(() => expect(api.jobs[0]?.checks).toBeGreaterThan(0));
    await earlier.terminate();
    await worker.stop();
    const query = `ExecutionStatus = 'Terminated' AND WorkflowId = 'between'`;
    await eventually(async () => expect((await client.workflow.count(query)).count).toBe(1));

    const activities = `${queue}-activities`;
    const { firstExecutionRunId } = await client.workflow.start<(input: RunJobInput) => Promise<unknown>>('runJob', {
      workflowId: 'between',
      taskQueue: queue,
      args: [{ ...input, activityTaskQueue: activities, keyUsedBefore: true }],
    });
    const handle = client.workflow.getHandle('between', firstExecutionRunId);
    const pending = async () => (await handle.describe()).raw.pendingActivities;
    const workflows = await startWorker({ plugins: [] });
    await eventually(async () => expect(await pending()).toHaveLength(1));
    await workflows.stop();
    await handle.cancel();
    await startWorker({ taskQueue: activities, workflowBundle: undefined });
    await eventually(async () => expect(await pending()).toEqual([]));
    await startWorker({ plugins: [] });
    await eventually(async () => expect((await handle.describe()).status.name).not.toBe('RUNNING'));
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });
});
