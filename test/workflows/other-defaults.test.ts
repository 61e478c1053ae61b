// A wait and a run go by the defaults of their begin: those stand in the history. At the end of this file, each history is replayed by a
// version with the defaults as they are.
import { expect, test } from 'vitest';
import { startRunJob } from '../../src';
import { faults } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { eventsOf, payloadOf, replay } from '../support/histories';
import { bundleWith, type OtherNumbers } from '../support/other-numbers';
import { QUEUE, RARELY, useTimeSkipping } from '../support/time-skipping';

const withWorker = useTimeSkipping();
const MINUTE = 60_000;

/** A worker of a version with these defaults. */
const by = (defaults: OtherNumbers['defaults']) => ({ worker: { workflowBundle: bundleWith({ defaults }) } });

test('a wait keeps the budget that it began with', async () => {
  const others = { outageBudget: 30 * MINUTE, minimumGap: 5 * MINUTE, maximumGap: 5 * MINUTE };
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ from: 2 }, faults.status(503)]] });
    const handle = await start(job);
    const { details } = await failureOf('UnstructuredUnreachableError', handle.result());

    expect(details.failedChecks).toBe(10);
    const history = await handle.fetchHistory();
    await replay([{ workflowId: handle.workflowId, history }], bundleWith({ factor: 10 }));
  }, by(others));
});

test('a wait whose first check fails keeps the budget that it began with', async () => {
  const others = { outageBudget: 30 * MINUTE, minimumGap: 5 * MINUTE, maximumGap: 5 * MINUTE };
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ from: 1 }, faults.status(503)]] });
    const { details } = await failureOf('UnstructuredUnreachableError', waitFor(job));
    expect(details.failedChecks).toBe(10);
  }, by(others));
});

test('a wait keeps its policies, and asks for the same files', async () => {
  await withWorker(
    async ({ api, waitFor }) => {
      const job = api.addJob({ files: 2, nodes: 2, timeline: [['IN_PROGRESS', '15m'], ['COMPLETED']] });
      const result = await waitFor(job, RARELY);
      expect(result.documents).toBeNull();
      expect(result.outputNodeFiles).toHaveLength(2);
      expect(api.requests.filter(({ operation }) => operation !== 'getJob')).toEqual([]);
    },
    by({ failedFiles: 'off', files: 'final' }),
  );
});

test('a wait keeps its limit, and what it does with the job then', async () => {
  await withWorker(
    async ({ api, waitFor }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const { details } = await failureOf('UnstructuredJobTimeoutError', waitFor(job, RARELY));
      expect(details).toMatchObject({
        limit: 'run',
        limitMs: 25 * MINUTE,
        cancel: { accepted: true, confirmed: true },
      });
    },
    by({ runLimit: 25 * MINUTE, onLimit: 'cancel' }),
  );
});

test('a wait keeps the length of its history, and all else in the run after', async () => {
  await withWorker(
    async ({ api, start }) => {
      const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 12 }], ['COMPLETED']] });
      const handle = await start(job, RARELY);
      expect(await handle.result()).toMatchObject({ documents: null });
      const [started] = await eventsOf(handle.client.getHandle(handle.workflowId));
      const { input } = started!.workflowExecutionStartedEventAttributes!;
      expect(payloadOf(input)).toMatchObject({ continued: { options: { failedFiles: 'off' } } });
    },
    by({ continueAsNewAfterEvents: 50, failedFiles: 'off' }),
  );
});

test('a wait for a job that is not there yet keeps its defaults', async () => {
  await withWorker(
    async ({ env, api }) => {
      const workflowId = '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11';
      const awaited = { workflowId, createdAfter: new Date(await env.currentTimeMs()).toISOString() };
      const handle = await env.client.workflow.start('awaitJobCompletion', {
        workflowId: 'awaited',
        taskQueue: QUEUE,
        args: [{ ...awaited, ...RARELY }],
      });
      const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
      expect(details).toMatchObject({ limit: 'queue', jobId: null });
      expect(api.jobs).toEqual([]);
    },
    by({ queueLimit: 25 * MINUTE }),
  );
});

test('a start that is refused keeps its budget', async () => {
  await withWorker(
    async ({ env, api }) => {
      const { id: workflowId } = api.addWorkflow();
      api.addFaults([[{ operation: 'runWorkflow' }, faults.rateLimit({ retryAfter: 200 })]]);
      const handle = await startRunJob(env.client, { key: 'refused', taskQueue: QUEUE, start: { workflowId } });
      await failureOf('UnstructuredRateLimitError', handle.result());
      const sends = (await eventsOf(handle)).filter((event) => event.activityTaskScheduledEventAttributes);
      expect(sends).toHaveLength(4);
    },
    by({ startBudget: 10 * MINUTE }),
  );
});
