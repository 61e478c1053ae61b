// Waiters and activities may run on workers of different task queues.
import { expect, test } from 'vitest';
import { attributesOf } from './support/events';
import { eventsOf } from '../support/histories';
import { parentOfChild } from '../support/parents';
import { OFTEN, useDevServer } from './support/dev-server';

const { withApi } = useDevServer();

test('the waiter runs on a worker without activities, the checks on one without workflows', async () => {
  await withApi(async ({ api, client, queue, startWorker, start }) => {
    const activityTaskQueue = `${queue}-activities`;
    await startWorker({ plugins: [] });
    await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] });

    const handle = await start(job, { ...OFTEN, activityTaskQueue });
    expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
    const queues = attributesOf(await eventsOf(handle), 'activityTaskScheduledEventAttributes').map(
      ({ taskQueue }) => taskQueue?.name,
    );
    expect(new Set(queues)).toEqual(new Set([activityTaskQueue]));

    const args: Parameters<typeof parentOfChild> = [job.id, { activityTaskQueue }];
    const result = await client.workflow.execute(parentOfChild, { workflowId: 'parent', taskQueue: queue, args });
    expect(result.wait).toMatchObject({ checks: 1, failures: {} });
  });
});
