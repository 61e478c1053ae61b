// Where time is skipped, no worker watches: an activity that is completed later would hold the clock. The schedule holds, as without a watch.
import { expect, test } from 'vitest';
import { startAwaitJob } from '../../../src';
import { historiesOf, timersOf } from '../../support/histories';
import { parentOfChild } from '../../support/parents';
import { QUEUE, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

test('a job of two hours, with all defaults', async () => {
  await withWorker(async ({ env, api }) => {
    const begunAt = await env.currentTimeMs();
    const job = api.addJob({ timeline: [['SCHEDULED', '20m'], ['IN_PROGRESS', '100m'], ['COMPLETED']] });
    const handle = await startAwaitJob(env.client, job.id, { taskQueue: QUEUE });
    const { wait } = await handle.result();

    expect((await env.currentTimeMs()) - begunAt).toBeGreaterThanOrEqual(120 * 60_000);
    expect(wait.failures).toEqual({});
    const { workflowId, firstExecutionRunId: runId } = handle;
    const runs = await historiesOf(env.client, [{ workflowId, runId }]);
    const events = runs.flatMap(({ history }) => history.events ?? []);
    const activities = events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled ?? []);
    expect(new Set(activities.map(({ activityType }) => activityType?.name))).toEqual(
      new Set(['getJob', 'unstructured.getJobDetails']),
    );
    expect(timersOf(events)).toHaveLength(wait.checks - 1);
    expect(job.checks).toBe(wait.checks);
  });
});

test("a parent's wait, with all defaults", async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', '10m'], ['COMPLETED']] });
    const args: Parameters<typeof parentOfChild> = [job.id];
    const options = { workflowId: 'unwatched', taskQueue: QUEUE, args };
    const { wait } = await env.client.workflow.execute(parentOfChild, options);
    expect(wait).toMatchObject({ checks: job.checks, failures: {} });
    expect(wait.runningMs).toBeGreaterThanOrEqual(10 * 60_000);
    expect(api.requests.every(({ operation }) => operation !== 'listJobs')).toBe(true);
  });
});
