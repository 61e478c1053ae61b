// A cancelled wait ends as a cancellation, at once, and never touches the remote job.
import { expect, test, vi } from 'vitest';
import { startAwaitJob, type AwaitJobHandle } from '../../../src';
import { faults } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { expectCancelled } from '../../support/failure-of';
import { eventsOf } from '../../support/histories';
import { parentInline, parentOfChild, parentThatNotesCancellation } from '../../support/parents';
import { QUEUE, RARELY, useTimeSkipping, type Setup } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

async function expectLeft({ api }: Setup, result: Promise<unknown>): Promise<void> {
  await expectCancelled(result);
  expect(new Set(api.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
}

test("a client's waiter that sleeps is cancelled", async () => {
  await withWorker(async (setup) => {
    const { env, api, start } = setup;
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, RARELY);
    await env.sleep('15 minutes');
    await atRest(env.client, handle);
    await handle.cancel();
    await expectLeft(setup, handle.result());
    expect(job.checks).toBe(2);
  });
});

test('an inline wait is cancelled', async () => {
  await withWorker(async (setup) => {
    const { env, api } = setup;
    const args: Parameters<typeof parentInline> = [[api.addJob({ timeline: ['IN_PROGRESS'] }).id], RARELY];
    const parent = await env.client.workflow.start(parentInline, { workflowId: 'inline', taskQueue: QUEUE, args });
    await env.sleep('15 minutes');
    await atRest(env.client, parent);
    await parent.cancel();
    await expectLeft(setup, parent.result());
  });
});

test('a parent that is cancelled takes its child along', async () => {
  await withWorker(async (setup) => {
    const { env, api } = setup;
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const args: Parameters<typeof parentOfChild> = [job.id, RARELY];
    const parent = await env.client.workflow.start(parentOfChild, { workflowId: 'parent', taskQueue: QUEUE, args });
    await env.sleep('15 minutes');
    await atRest(env.client, parent);
    await parent.cancel();
    await expectLeft(setup, parent.result());
    const child = await env.client.workflow.getHandle(`unstructured-job-${job.id}`).describe();
    expect(child.status.name).toBe('CANCELLED');
  });
});

test('a parent tells the cancellation from a failure', async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const options = { workflowId: 'notes', taskQueue: QUEUE, args: [job.id] as [string] };
    const parent = await env.client.workflow.start(parentThatNotesCancellation, options);
    await vi.waitFor(() => expect(job.checks).toBe(1), { timeout: 30_000 });
    await atRest(env.client, parent);
    await parent.cancel();
    expect(await parent.result()).toBe('cancelled');
  });
});

/** How many activities ended before the workflow did. */
async function endedActivities(handle: AwaitJobHandle): Promise<number> {
  const events = await eventsOf(handle);
  return events.filter(
    (event) =>
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes,
  ).length;
}

// Last: the Java server's clock does not skip any more once a workflow has ended during an activity.
test('a waiter that is cancelled during a check ends at once', async () => {
  await withWorker(async (setup) => {
    const job = setup.api.addJob({ timeline: ['IN_PROGRESS'], faults: [[1, faults.hang()]] });
    const handle = await setup.start(job, RARELY);
    await vi.waitFor(() => expect(job.checks).toBe(1), { timeout: 30_000 });
    await handle.cancel();
    await expectLeft(setup, handle.result());
    expect(job.checks).toBe(1);
  });
});

test.each([
  ['getJobDetails', 'COMPLETED', 1],
  ['getJobFailedFiles', 'FAILED', 1],
] as const)('a waiter that asks for documents does not wait for the answer (%s)', async (operation, status, before) => {
  await withWorker(async (setup) => {
    const { api, start } = setup;
    api.addFaults([[{ operation }, faults.hang()]]);
    const handle = await start(api.addJob({ timeline: [status] }), RARELY);
    await vi.waitFor(() => expect(api.requests.at(-1)?.operation).toBe(operation), { timeout: 30_000 });
    await handle.cancel();
    await expectLeft(setup, handle.result());
    expect(await endedActivities(handle)).toBe(before);
  });
});

test('a waiter that looks for a job does not wait for the list', async () => {
  await withWorker(async (setup) => {
    const { api, env } = setup;
    api.addFaults([['always', faults.hang()]]);
    const job = { workflowId: '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11', createdAfter: '2026-01-01T00:00:00Z' };
    const handle = await startAwaitJob(env.client, job, { taskQueue: QUEUE, ...RARELY });
    await vi.waitFor(() => expect(api.requests).toHaveLength(1), { timeout: 30_000 });
    await handle.cancel();
    await expectLeft(setup, handle.result());
    expect(await endedActivities(handle)).toBe(0);
  });
});
