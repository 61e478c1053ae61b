// Where no worker serves the activities' queue, a limit fires all the same, and without a limit the wait goes on with the first that comes.
import { expect, test } from 'vitest';
import { progress } from '../../src';
import { faults } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { OFTEN, SELDOM, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();

test('a limit fires, and the failure says that no check could be made', async () => {
  await withApi(async ({ api, queue, startWorker, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const activityTaskQueue = `${queue}-activities`;
    await startWorker({ plugins: [] });
    const handle = await start(job, { ...SELDOM, runLimit: '3 seconds', activityTaskQueue });
    const activities = await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });
    await eventually(async () =>
      expect(await handle.query(progress)).toMatchObject({ activity: 'sleeping', checks: 1 }),
    );
    await activities.stop();

    const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(details).toMatchObject({ limit: 'run', limitMs: 3_000, lastStatus: 'IN_PROGRESS', lastCheck: 'noAnswer' });
    expect(details.wait.failures).toEqual({ TimeoutFailure: 1 });
  });
});

test('the total limit fires also where the job is over, and the question about its documents finds no worker', async () => {
  await withApi(async ({ api, queue, startWorker, start }) => {
    const job = api.addJob({ timeline: ['COMPLETED'] });
    // The first answer comes after the limit, and the next request is held up until its worker is gone.
    api.addFaults([
      [{ operation: 'getJob' }, faults.delay(1_500)],
      [{ operation: 'getJobDetails' }, faults.hang()],
    ]);
    const activityTaskQueue = `${queue}-activities`;
    await startWorker({ plugins: [] });
    const handle = await start(job, { ...SELDOM, totalLimit: '1 second', failedFiles: 'fail', activityTaskQueue });
    const activities = await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });
    await eventually(async () => {
      expect(await handle.query(progress)).toMatchObject({ activity: 'askingDocuments', status: 'COMPLETED' });
    });
    await activities.stop();

    const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(details).toMatchObject({ limit: 'total', lastStatus: 'COMPLETED', lastCheck: 'noAnswer' });
  });
});

test('without a limit, a later worker makes the check', async () => {
  await withApi(async ({ api, queue, startWorker, start }) => {
    const job = api.addJob({ timeline: ['COMPLETED'] });
    const activityTaskQueue = `${queue}-activities`;
    await startWorker({ plugins: [] });
    const handle = await start(job, { ...OFTEN, activityTaskQueue });
    await eventually(async () =>
      expect(await handle.query(progress)).toMatchObject({ activity: 'checking', checks: 0 }),
    );
    await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });
    expect((await handle.result()).wait).toMatchObject({ checks: 1, failures: {} });
  });
});
