// Each parent that waits for a job has a child of its own, whose end no other parent decides.
import { expect, test } from 'vitest';
import { checkNow } from '../../src';
import { waiterWorkflowId } from '../../src/core/names';
import { eventsOf } from '../support/histories';
import { parentOfChild } from '../support/parents';
import { OFTEN, SELDOM, useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';
import { parentThatWaitsTwice } from './support/workflows';

const { withWorker } = useDevServer();

test.concurrent.each(['cancel', 'terminate'] as const)(
  'a %s of the first parent does not touch the second',
  async (act) => {
    await withWorker(async ({ api, client, queue }) => {
      const job = api.addJob({ files: ['a.pdf'], nodes: 3, timeline: ['IN_PROGRESS'] });
      const parent = (workflowId: string, files: 'all' | 'final') =>
        client.workflow.start(parentOfChild, { workflowId, taskQueue: queue, args: [job.id, { ...SELDOM, files }] });
      const first = await parent(`first-${act}`, 'all');
      await eventually(() => expect(job.checks).toBe(1));
      const second = await parent(`second-${act}`, 'final');
      await eventually(() => expect(job.checks).toBe(2));

      const shared = client.workflow.getHandle(waiterWorkflowId(job.id));
      const own = client.workflow.getHandle(`${waiterWorkflowId(job.id)}/second-${act}`);
      await first[act]();
      await eventually(async () => expect((await shared.describe()).status.name).toBe('CANCELLED'));
      expect((await own.describe()).status.name).toBe('RUNNING');

      job.setStatus('COMPLETED');
      await own.signal(checkNow);
      expect((await second.result()).outputNodeFiles).toHaveLength(1);
      await expect(first.result()).rejects.toThrow();
    });
  },
);

test.concurrent('a parent joins no waiter that a client started', async () => {
  await withWorker(async ({ api, client, queue, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const waiter = await start(job, SELDOM);
    await eventually(() => expect(job.checks).toBe(1));
    const options = { workflowId: 'third', taskQueue: queue, args: [job.id, OFTEN] as [string, typeof OFTEN] };
    const parent = await client.workflow.start(parentOfChild, options);
    await eventually(() => expect(job.checks).toBeGreaterThanOrEqual(2));
    await waiter.cancel();
    await expect(waiter.result()).rejects.toThrow('cancelled');

    job.setStatus('COMPLETED');
    expect((await parent.result()).job.status).toBe('COMPLETED');
  });
});

test.concurrent('one parent may wait for a job several times', async () => {
  await withWorker(async ({ api, client, queue, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const waiter = await start(job, SELDOM);
    const options = { workflowId: 'twice', taskQueue: queue, args: [job.id, OFTEN] as [string, typeof OFTEN] };
    const parent = await client.workflow.start(parentThatWaitsTwice, options);
    await eventually(() => expect(job.checks).toBeGreaterThanOrEqual(3));
    job.setStatus('COMPLETED');

    expect((await parent.result()).map(({ job: { status } }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
    await waiter.signal(checkNow);
    expect((await waiter.result()).job.status).toBe('COMPLETED');
  });
});

test.concurrent(
  'a second parent with a long id lends its child another one, since ids are limited in length',
  async () => {
    await withWorker(async ({ api, client, queue, start }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      await start(job, SELDOM);
      const options = {
        workflowId: 'x'.repeat(990),
        taskQueue: queue,
        args: [job.id, OFTEN] as [string, typeof OFTEN],
      };
      const parent = await client.workflow.start(parentOfChild, options);
      await eventually(() => expect(job.checks).toBeGreaterThanOrEqual(2));
      job.setStatus('COMPLETED');
      expect((await parent.result()).job.status).toBe('COMPLETED');
      const children = attributesOf(await eventsOf(parent), 'childWorkflowExecutionStartedEventAttributes');
      const ids = children.map(({ workflowExecution }) => workflowExecution?.workflowId);
      expect(ids).toEqual([expect.stringMatching(new RegExp(`^unstructured-job-${job.id}/[0-9a-f-]{36}$`))]);
    });
  },
);
