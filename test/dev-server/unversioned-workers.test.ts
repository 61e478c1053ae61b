// Workers without worker versioning serve waits and runs: Temporal's server refuses a versioning behaviour from them, again and again.
import type { WorkerOptions } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { startRunJob } from '../../src';
import { OFTEN, useDevServer } from './support/dev-server';

const { withApi } = useDevServer();

test.concurrent.for<[string, Partial<WorkerOptions>]>([
  ['that say nothing of their version', {}],
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- as on workers that were set up before versioning
  ['with a build id alone', { buildId: '1' }],
])('workers %s', async ([, options]) => {
  await withApi(async ({ api, client, queue, startWorker, start }) => {
    await startWorker(options);
    const handle = await start(api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] }), OFTEN);
    expect((await handle.result()).wait.checks).toBe(2);

    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const { id: workflowId } = api.addWorkflow();
    const run = await startRunJob(client, { key: queue, taskQueue: queue, start: { workflowId }, ...OFTEN });
    expect((await run.result()).job.status).toBe('COMPLETED');
  });
});
