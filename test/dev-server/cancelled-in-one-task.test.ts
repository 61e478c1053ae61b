// The request to cancel and the answer to a check may reach the workflow in one task: it ends as a cancellation all the same.
import { expect, test } from 'vitest';
import { progress, type AwaitJobHandle, type StartAwaitJobOptions } from '../../src';
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
