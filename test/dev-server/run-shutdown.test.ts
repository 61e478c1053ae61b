// A worker that is shut down in the middle of a run, as by a deployment, cancels no job: the next worker goes on with it.
import { expect, test } from 'vitest';
import { startRunJob } from '../../src';
import { faults } from '../../src/testing';
import { OFTEN, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();

test.concurrent.each([
  ['runWorkflow', {}],
  ['getJob', {}],
  ['getJob', { onCancel: 'cancel' }],
  ['getJobDetails', { onCancel: 'cancel' }],
] as const)('in the middle of %s, with %o', { timeout: 180_000 }, async (operation, options) => {
  await withApi(async ({ api, client, queue, startWorker }) => {
    const workflow = api.addWorkflow({ runs: { timeline: [['IN_PROGRESS', { checks: 3 }], ['COMPLETED']] } });
    api.addFaults([[{ operation, first: 1 }, faults.delay('3s')]]);
    const count = (name: string) => api.requests.filter((request) => request.operation === name).length;
    const input = { key: `shut-${queue}`, taskQueue: queue, start: { workflowId: workflow.id } };
    const handle = await startRunJob(client, { ...input, ...OFTEN, ...options });
    const first = await startWorker({ shutdownGraceTime: '0 seconds' });
    await eventually(() => expect(count(operation)).toBe(1));
    await first.stop();
    await startWorker();
    const { job, start } = await handle.result();
    expect(job.status).toBe('COMPLETED');
    expect(start).toEqual({ how: 'answered', sends: 1 });
    expect([count('cancelJob'), count('runWorkflow'), api.jobs.length]).toEqual([0, 1, 1]);
  });
});
