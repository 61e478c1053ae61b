// A wait with a stall limit ends where the job's files move no more; nothing else about the counts ends one.
import { describe, expect, it, test } from 'vitest';
import { type AwaitJobOptions, progress, runProgress } from '../../../src';
import { faults } from '../../../src/testing';
import { currentDetailsOf } from '../../support/current-details';
import { failureOf } from '../../support/failure-of';
import { eventsOf, payloadOf, timersOf } from '../../support/histories';
import { parentInline } from '../../support/parents';
import { sent, useRuns } from '../../support/runs';
import { QUEUE, RARELY } from '../../support/time-skipping';

const withRuns = useRuns();
const HOUR = 3_600_000;
const STALL: AwaitJobOptions = { ...RARELY, stallLimit: '2 hours', failedFiles: 'off' };
const start = { templateId: 't' };

test('a job whose files stand still after they moved is shown, and ends the wait with its counts', async () => {
  await withRuns(async ({ api, env, start }) => {
    const job = api.addJob({ nodes: 2, timeline: ['IN_PROGRESS'], answers: { nodeTakes: '1h' } });
    const handle = await start(job, STALL);
    await env.sleep('90 minutes');
    expect(await handle.query(progress)).toMatchObject({ stalled: null, nodeCountsError: null });
    await env.sleep('110 minutes');
    const { stalled } = await handle.query(progress);
    expect(stalled?.nodeStats).toMatchObject([{ success: 1 }, { success: 1, inProgress: 0 }]);
    expect(await currentDetailsOf(handle)).toMatch(
      /Stalled \| \*\*no file moved since .*; unstructured_api: 0 ready, /,
    );
    const { details, message } = await failureOf('UnstructuredJobTimeoutError', handle.result());

    expect(details).toMatchObject({
      limit: 'stall',
      limitMs: 2 * HOUR,
      lastStatus: 'IN_PROGRESS',
      stalled,
      cancel: null,
    });
    expect(message).toContain(`the stall limit of 7200000 ms (no file moved since ${stalled!.since}) passed`);
    const stoodMs = Date.parse(details.wait.endedAt) - Date.parse(stalled!.since);
    expect(stoodMs).toBeGreaterThanOrEqual(2 * HOUR);
    expect(stoodMs).toBeLessThan(2 * HOUR + 120_000);
    const asked = job.requests.filter(({ operation }) => operation !== 'cancelJob').map(({ operation }) => operation);
    expect(asked.slice(-2)).toEqual(['getJobDetails', 'getJob']);
  });
});

test('a job whose files go on moving is waited for', async () => {
  await withRuns(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', '5h'], ['COMPLETED']], answers: { nodeTakes: '90m' } });
    const { wait } = await waitFor(job, STALL);
    expect(wait.runningMs).toBeGreaterThanOrEqual(5 * HOUR);
    expect(sent(api, 'getJobDetails')).toBeGreaterThanOrEqual(15);
    expect(sent(api, 'getJobDetails')).toBeLessThanOrEqual(25);
  });
});

test.each([
  ['fail', [faults.status(503)], /^UnstructuredServerError: /],
  ['are refused', [faults.status(403)], /^UnstructuredPermissionError: /],
  [
    'have a shape that is not known',
    [faults.patch({ set: { node_stats: [{ todo: 3 }] } })],
    /contain no counts, or not all of them$/,
  ],
])('details that %s end nothing, and are told', async (_, faultsOfDetails, error) => {
  await withRuns(async ({ api, env, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', '9h'], ['COMPLETED']] });
    job.addFaults([[{ operation: 'getJobDetails' }, ...faultsOfDetails]]);
    const handle = await start(job, STALL);
    await env.sleep('5 hours');
    const { nodeCountsError, stalled } = await handle.query(progress);
    expect(nodeCountsError).toMatch(error);
    expect(stalled).toBeNull();
    expect(await currentDetailsOf(handle)).toContain('Not\u00a0counted');
    const { wait } = await handle.result();
    expect(wait.failures).toEqual({});
  });
});

test('a queued job is not counted, and a wait without the limit asks nothing', async () => {
  await withRuns(async ({ api, waitFor }) => {
    const queued = api.addJob({ timeline: [['SCHEDULED', '5h'], ['COMPLETED']] });
    await waitFor(queued, STALL);
    const running = api.addJob({ timeline: [['IN_PROGRESS', '5h'], ['COMPLETED']] });
    await waitFor(running, { ...STALL, stallLimit: undefined });
    expect(sent(api, 'getJobDetails')).toBe(0);
  });
});

test('a safety gap is cut for the marks of the limit alone', async () => {
  await withRuns(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, { ...STALL, safetyGap: '20 hours' });
    await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(timersOf(await eventsOf(handle)).map((ms) => Math.round(ms / 60_000))).toEqual([60, 60]);
    expect([job.checks, sent(api, 'getJobDetails')]).toEqual([3, 3]);
  });
});

test.each([
  ['the API does not answer', faults.status(503), 1],
  ['is refused', faults.status(403), 0],
  ['comes too often', faults.rateLimit(), 0],
])('a count that %s is followed by a check only where that says more', async (_, fault, more) => {
  await withRuns(async ({ api, env, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    api.addFaults([[{ operation: 'getJobDetails' }, fault]]);
    const handle = await start(job, { ...STALL, safetyGap: '20 hours' });
    await env.sleep('10 minutes');
    expect([sent(api, 'getJobDetails'), job.checks]).toEqual([1, 1 + more]);
    await handle.terminate();
  });
});

test('an inline wait ends by its stall limit', async () => {
  await withRuns(async ({ api, env }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const args: Parameters<typeof parentInline> = [[job.id], STALL];
    const handle = await env.client.workflow.start(parentInline, { workflowId: 'stalled', taskQueue: QUEUE, args });
    const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(details.limit).toBe('stall');
  });
});

test('what was counted goes along as the wait continues as new', async () => {
  await withRuns(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, { ...STALL, continueAsNewAfterEvents: 50 });
    const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
    const [begin] = await eventsOf(handle);
    const input = payloadOf(begin?.workflowExecutionStartedEventAttributes?.input) as { continued?: object };
    expect(input.continued).toMatchObject({
      state: { nodes: { unchanged: { since: Date.parse(details.stalled!.since) } } },
    });
    const waitedMs = Date.parse(details.wait.endedAt) - Date.parse(details.wait.startedAt);
    expect(waitedMs).toBeLessThan(2 * HOUR + 120_000);
  });
});

describe('a run', () => {
  it('ends by it, and cancels the job that it started', async () => {
    await withRuns(async ({ api, document, startRun }) => {
      api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
      const handle = await startRun({ start, documents: [await document('a.pdf')], ...RARELY, stallLimit: '1 hour' });
      const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
      expect(details).toMatchObject({ limit: 'stall', lastStatus: 'STOPPED', cancel: { confirmed: true } });
      expect(details.stalled?.nodeStats).toHaveLength(4);
      expect((await handle.query(runProgress)).nodeStats).toBeNull();
    });
  });

  it('that shows counts asks once for both', async () => {
    await withRuns(async ({ api, document, startRun }) => {
      api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
      const gaps = { minimumGap: '10 seconds', maximumGap: '20 seconds' } as const;
      const input = { start, documents: [await document('a.pdf')], nodeCounts: true, ...gaps };
      const handle = await startRun({ ...input, stallLimit: '20 minutes', onLimit: 'leave' });
      await failureOf('UnstructuredJobTimeoutError', handle.result());
      expect((await handle.query(runProgress)).nodeStats).toHaveLength(4);
      const asked = sent(api, 'getJobDetails');
      expect(asked).toBeGreaterThan(14);
      expect(asked).toBeLessThanOrEqual(23);
    });
  });
});
