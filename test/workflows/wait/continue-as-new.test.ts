// Continue-as-new keeps histories short and shows nowhere in the result.
import { expect, test, vi } from 'vitest';
import { type AwaitJobHandle, checkNow } from '../../../src';
import { faults, type JobSpec } from '../../../src/testing';
import { eventsOf, type HistoryEvent } from '../../support/histories';
import { parentOfChild } from '../../support/parents';
import { QUEUE, RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
/** Five checks a run. The Java server never suggests to continue as new. */
const SHORT_RUNS = { continueAsNewAfterEvents: 50 } as const;

const EVENTFUL: JobSpec = {
  files: 2,
  nodes: 2,
  timeline: [['SCHEDULED', { checks: 6 }], ['PAUSED', { checks: 3 }], ['IN_PROGRESS', { checks: 15 }], ['COMPLETED']],
  faults: [[{ from: 12, to: 19 }, faults.status(503)]],
  answers: { outputNodeFiles: 'nullOnceTerminal' },
};

/** Ids of the runs that the handle's workflow went through. */
async function runsOf({ client, workflowId, firstExecutionRunId }: AwaitJobHandle & { firstExecutionRunId?: string }) {
  const runs: { runId: string; events: HistoryEvent[] }[] = [];
  for (let runId: string | null | undefined = firstExecutionRunId; runId;) {
    const events = await eventsOf(client.getHandle(workflowId, runId));
    runs.push({ runId, events });
    runId = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return runs;
}

test('several days of waiting give the same result and the same report as in one run', async () => {
  await withWorker(async ({ api, start, waitFor }) => {
    const options = { minimumGap: '8 hours', gapJitter: 0 } as const;
    const whole = await waitFor(api.addJob(EVENTFUL), options);
    const handle = await start(api.addJob(EVENTFUL), { ...options, ...SHORT_RUNS });
    const cut = await handle.result();
    const runs = await runsOf(handle);

    expect(runs.length).toBeGreaterThanOrEqual(5);
    for (const { events } of runs) expect(events.length).toBeLessThan(80);
    const { checks, failures, unknownStatuses, hints } = whole.wait;
    expect(cut.wait).toMatchObject({ checks, failures, unknownStatuses, hints });
    expect(cut.outputNodeFiles).toHaveLength(4);
    expect(cut.outputNodeFilesSource).toBe('earlierAnswer');
    for (const clock of ['queuedMs', 'runningMs', 'noticedWithinMs'] as const) {
      expect(Math.abs(cut.wait[clock]! - whole.wait[clock]!), clock).toBeLessThan(60_000);
    }
    const days = (Date.parse(cut.wait.endedAt) - Date.parse(cut.wait.startedAt)) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(5);
  });
});

test('a parent gets the result of a child that continued as new', async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 12 }], ['COMPLETED']] });
    const args: Parameters<typeof parentOfChild> = [job.id, { ...RARELY, ...SHORT_RUNS }];
    const parent = await env.client.workflow.start(parentOfChild, { workflowId: 'parent', taskQueue: QUEUE, args });
    const result = await parent.result();
    const childRun = (await eventsOf(parent)).find((event) => event.childWorkflowExecutionStartedEventAttributes)
      ?.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.runId;
    const child = await env.client.workflow.getHandle(`unstructured-job-${job.id}`).describe();

    expect(result.wait.checks).toBe(13);
    expect(child.runId).not.toBe(childRun);
  });
});

test('limits and budgets count across runs', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const limit = waitFor(job, { ...RARELY, ...SHORT_RUNS, totalLimit: '115 minutes' });
    await expect(limit).rejects.toMatchObject({ cause: { type: 'UnstructuredJobTimeoutError' } });
    expect(job.checks).toBe(13);
  });
});

test('a hint that waits when the run ends is answered by the next run', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({
      timeline: [['IN_PROGRESS', { checks: 6 }], ['COMPLETED']],
      faults: [[5, faults.delay('2s')]],
    });
    const handle = await start(job, { ...RARELY, ...SHORT_RUNS });
    const result = handle.result();
    await vi.waitFor(() => expect(job.checks).toBe(5), { timeout: 60_000, interval: 20 });
    await handle.signal(checkNow, { safetyGap: '3 hours' });
    const { wait } = await result;
    const [first] = await runsOf(handle);

    expect(wait).toMatchObject({ checks: 7, hints: 1 });
    expect(first?.events.filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(5);
    expect(first?.events.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(1);
    const at = job.requests.map((request) => request.at);
    expect(at[5]! - at[4]!).toBeLessThan(60_000);
  });
});
