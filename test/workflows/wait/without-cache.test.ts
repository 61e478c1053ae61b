// The main paths also pass where the worker keeps no workflow in memory and replays it from the top at each step.
import { expect, test } from 'vitest';
import { checkNow } from '../../../src';
import { faults, type TimelineStep } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { parentInline, parentOfChild } from '../../support/parents';
import { QUEUE, RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const noCache = { worker: { maxCachedWorkflows: 0 } };
const TIMELINE: TimelineStep[] = [['SCHEDULED', '15m'], ['IN_PROGRESS', '30m'], ['COMPLETED']];

test('a wait through hiccups, an outage and a hint', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({
      timeline: TIMELINE,
      faults: [
        [2, faults.status(503)],
        [{ after: '9m', until: '15m' }, faults.reset()],
      ],
    });
    const handle = await start(job, RARELY);
    await handle.signal(checkNow, { safetyGap: '5 minutes' });
    const { wait, outputNodeFiles } = await handle.result();
    expect(wait).toMatchObject({ hints: 1, failures: { UnstructuredConnectionError: 1 } });
    expect(wait.checks).toBeGreaterThanOrEqual(9);
    expect(outputNodeFiles).toHaveLength(4);
  }, noCache);
});

test('a wait that continues as new', async () => {
  await withWorker(async ({ env, api, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 11 }], ['COMPLETED']] });
    const handle = await start(job, { ...RARELY, continueAsNewAfterEvents: 50 });
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 12, failures: {} });
    const { runId } = await env.client.workflow.getHandle(handle.workflowId).describe();
    expect(runId).not.toBe(handle.firstExecutionRunId);
  }, noCache);
});

test('a failed job, and a limit', async () => {
  await withWorker(async ({ api, waitFor }) => {
    await failureOf('UnstructuredJobFailedError', waitFor(api.addJob({ timeline: ['FAILED'] })));
    const running = api.addJob({ timeline: ['IN_PROGRESS'] });
    await failureOf('UnstructuredJobTimeoutError', waitFor(running, { ...RARELY, totalLimit: '25 minutes' }));
  }, noCache);
});

test('a child and two inline waits side by side', async () => {
  await withWorker(async ({ env, api }) => {
    const { workflow } = env.client;
    const child: Parameters<typeof parentOfChild> = [api.addJob({ timeline: TIMELINE }).id, RARELY];
    const result = await workflow.execute(parentOfChild, { workflowId: 'child', taskQueue: QUEUE, args: child });
    expect(result.job.status).toBe('COMPLETED');

    const jobIds = [api.addJob({ timeline: TIMELINE }).id, api.addJob().id];
    const inline: Parameters<typeof parentInline> = [jobIds, RARELY];
    const results = await workflow.execute(parentInline, { workflowId: 'inline', taskQueue: QUEUE, args: inline });
    expect(results.map(({ job }) => job.id)).toEqual(jobIds);
  }, noCache);
});
