// A parent that ends in any way takes its child waiter with it, and never touches the remote job.
import { expect, test } from 'vitest';
import { waiterWorkflowId } from '../../src/core/names';
import { finish, parentThatLeaves, parentThatNotesCancellation } from '../support/parents';
import { useDevServer, type Setup } from './support/dev-server';
import { eventually } from './support/eventually';

const { withWorker } = useDevServer();

/** Starts a parent whose child waits for a job, ends the parent, and looks at what is left. */
async function childAfter(
  { api, client, queue }: Setup,
  workflow: typeof parentThatLeaves | typeof parentThatNotesCancellation,
  endParent: (parent: Awaited<ReturnType<typeof client.workflow.start>>) => Promise<unknown>,
): Promise<void> {
  const job = api.addJob({ timeline: ['IN_PROGRESS'] });
  const parent = await client.workflow.start(workflow, {
    workflowId: `parent-${job.id}`,
    taskQueue: queue,
    args: [job.id],
  });
  await eventually(() => expect(job.checks).toBe(1));
  await endParent(parent);

  const child = client.workflow.getHandle(waiterWorkflowId(job.id));
  await eventually(async () => expect((await child.describe()).status.name).toBe('CANCELLED'));
  expect(api.requests.map(({ operation }) => operation)).toEqual(['getJob']);
  expect(await job.status()).toBe('IN_PROGRESS');
}

test('a parent that completes without awaiting the wait', async () => {
  await withWorker((setup) =>
    childAfter(setup, parentThatLeaves, async (parent) => {
      await parent.signal(finish);
      await parent.result();
    }),
  );
});

test('a parent that is terminated', async () => {
  await withWorker((setup) => childAfter(setup, parentThatLeaves, (parent) => parent.terminate('on call')));
});

test('a parent that is cancelled, and learns of it as a cancellation', async () => {
  await withWorker((setup) =>
    childAfter(setup, parentThatNotesCancellation, async (parent) => {
      await parent.cancel();
      expect(await parent.result()).toBe('cancelled');
    }),
  );
});
