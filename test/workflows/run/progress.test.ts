// Through all its phases a run says what it is doing: by query, in the Web UI, and across continue-as-new.
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, test, vi } from 'vitest';
import type { RunJobInput } from '../../../src';
import { TRANSFER_SIGNAL } from '../../../src/core/names';
import { runProgress } from '../../../src/common/messages';
import { faults, type TimelineStep } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { Gate } from '../../support/gate';
import { eventsOf, payloadOf } from '../../support/histories';
import { sent, useRuns, type RunHandle } from '../../support/runs';
import { RARELY } from '../../support/time-skipping';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const TWO_CHECKS: TimelineStep[] = [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']];

async function details(handle: RunHandle): Promise<string> {
  return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
}

test('queued, running, fetched: by query and in the Web UI', async () => {
  await withRuns(async ({ api, document, startRun, env, to }) => {
    api.setStartedJobs({ timeline: [['SCHEDULED', '1h'], ['IN_PROGRESS', '2h'], ['COMPLETED']] });
    const input = { start, documents: [await document('a.pdf')], outputs: { to } };
    const handle = await startRun({ ...input, minimumGap: '10 minutes' });
    await env.sleep('30 minutes');
    const jobId = api.jobs[0]!.id;
    expect(await handle.query(runProgress)).toMatchObject({
      phase: 'queued',
      jobId,
      documents: 1,
      start: { sends: 1, lastError: null },
      wait: { status: 'SCHEDULED', jobId },
      nodeStats: null,
    });
    expect(await details(handle)).toContain('**queued**');
    await env.sleep('60 minutes');
    expect(await handle.query(runProgress)).toMatchObject({ phase: 'running', done: null, total: null });
    expect(await details(handle)).toContain(jobId);
    await handle.result();
    expect(await handle.query(runProgress)).toMatchObject({ phase: 'ended' });
  });
});

test('looking for a job whose start was not answered: by query and in the Web UI', async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.reset()]]);
    api.setAnswers({ listLag: '90s' });
    api.setStartedJobs({ timeline: TWO_CHECKS });
    const handle = await startRun({ start, documents: [await document('a.pdf')] });
    await env.sleep('30 seconds');
    expect(await handle.query(runProgress)).toMatchObject({
      phase: 'searching',
      jobId: null,
      start: { sends: 1, lastError: { type: 'UnstructuredConnectionError' } },
      wait: null,
    });
    expect((await handle.query(runProgress)).start?.searchEndsAt).toEqual(expect.any(String));
    expect(await details(handle)).toContain('looking for the job');
    expect(await details(handle)).toMatch(/Looked.for.until/);
    await handle.result();
  });
});

test('waiting to start: by query and in the Web UI', async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    api.addFaults([
      [{ operation: 'createJob', first: 1 }, faults.notAccepted(), faults.rateLimit({ retryAfter: 240 })],
    ]);
    const handle = await startRun({ start, documents: [await document('a.pdf')] });
    await env.sleep('2 minutes');
    expect(await handle.query(runProgress)).toMatchObject({
      phase: 'starting',
      account: null,
      start: { sends: 1, lastError: { type: 'UnstructuredRateLimitError' }, searchEndsAt: null },
    });
    const { budgetEndsAt } = (await handle.query(runProgress)).start!;
    expect(budgetEndsAt).toEqual({
      credentials: null,
      start: expect.any(String) as unknown,
      documents: null,
      outage: null,
    });
    const sentAt = api.requests.find(({ operation }) => operation === 'createJob')!.at;
    const budget = { startBudgetMs: Date.parse(budgetEndsAt.start!) - sentAt };
    expect(Math.abs(budget.startBudgetMs - 24 * 3_600_000)).toBeLessThan(60_000);
    expect(await details(handle)).toContain('waiting to start');
    expect(await details(handle)).toContain('(startBudget)');
    expect((await handle.result()).start.sends).toBe(2);
  });
});

test('node counts while the job runs, where asked for: one more call, at most once a minute', async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    api.setStartedJobs({ timeline: [['IN_PROGRESS', '20m'], ['COMPLETED']] });
    const options = { minimumGap: '10 seconds', maximumGap: '20 seconds', failedFiles: 'off' } as const;
    const handle = await startRun({ start, documents: [await document('a.pdf')], nodeCounts: true, ...options });
    await env.sleep('10 minutes');
    const { nodeStats } = await handle.query(runProgress);
    expect(nodeStats).toHaveLength(4);
    expect(await details(handle)).toContain('in progress');
    await handle.result();
    const at = api.requests.filter(({ operation }) => operation === 'getJobDetails').map((request) => request.at);
    expect(at.length).toBeGreaterThan(10);
    for (const [index, time] of at.slice(1).entries()) expect(time - at[index]!).toBeGreaterThanOrEqual(60_000);
  });
});

test('node counts that can not be had end nothing', async () => {
  await withRuns(async ({ api, document, startRun }) => {
    api.addFaults([[{ operation: 'getJobDetails' }, faults.status(500)]]);
    const handle = await startRun({
      start,
      documents: [await document('a.pdf')],
      nodeCounts: true,
      failedFiles: 'off',
    });
    expect((await handle.result()).job.status).toBe('COMPLETED');
  });
});

describe('a long run continues as new', () => {
  it('while it waits for the job: it is neither started again nor forgotten', async () => {
    await withRuns(async ({ api, document, startRun, to }) => {
      api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 12 }], ['COMPLETED']] });
      const documents = [await document('a.pdf'), await document('b.pdf')];
      const handle = await startRun({ start, documents, outputs: { to }, continueAsNewAfterEvents: 60, ...RARELY });
      const result = await handle.result();
      expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'ok']);
      expect(result.start).toEqual({ how: 'answered', sends: 1 });
      expect(result.wait.checks).toBe(api.jobs[0]!.checks);
      expect([sent(api, 'createJob'), sent(api, 'downloadJobOutput')]).toEqual([1, 2]);
      const events = await eventsOf(handle);
      expect(events.length).toBeLessThan(120);
      const input = payloadOf(events[0]?.workflowExecutionStartedEventAttributes?.input) as RunJobInput;
      expect(input.continued?.start?.startedJob).toMatchObject({
        how: 'answered',
        outputNodeFiles: null,
        inputFileIds: null,
      });
      expect(input.continued?.wait?.state.outputNodeFiles?.entries).toHaveLength(2);
      const [jobId, fileIds] = [api.jobs[0]!.id, api.jobs[0]!.fileIds];
      expect((await handle.describe()).memo).toMatchObject({ unstructured: { jobId, knownFiles: [{ fileIds }] } });
    });
  });

  it('and its failure still carries the files that the answer to the start told of', async () => {
    await withRuns(async ({ api, document, startRun }) => {
      api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
      const input = { start, documents: [await document('a.pdf')], continueAsNewAfterEvents: 60 };
      const handle = await startRun({ ...input, runLimit: '90 minutes', ...RARELY });
      const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
      await expectContinued(handle);
      expect(details.run).toMatchObject({ jobId: api.jobs[0]!.id, startedByRun: true });
      expect(details.run!.knownFiles).toHaveLength(1);
    });
  });

  it('while files are counted: not more often than before, and what was counted stands', async () => {
    await withRuns(async ({ api, document, startRun, env }) => {
      api.setStartedJobs({ timeline: [['IN_PROGRESS', '6m'], ['COMPLETED']] });
      const options = { minimumGap: '10 seconds', maximumGap: '10 seconds', failedFiles: 'off' } as const;
      const input = { start, documents: [await document('a.pdf')], nodeCounts: true, continueAsNewAfterEvents: 50 };
      const handle = await startRun({ ...input, ...options });
      for (let minute = 1; minute <= 5; minute++) {
        await env.sleep('1 minute');
        expect((await handle.query(runProgress)).nodeStats).toHaveLength(4);
      }
      await handle.result();
      await expectContinued(handle);
      const at = api.requests.filter(({ operation }) => operation === 'getJobDetails').map((request) => request.at);
      for (const [index, time] of at.slice(1).entries()) expect(time - at[index]!).toBeGreaterThanOrEqual(60_000);
    });
  });

  it('while the answer of its start is lost: the job is still found', async () => {
    await withRuns(async ({ api, document, startRun }) => {
      api.addFaults([
        [{ operation: 'createJob', first: 1 }, faults.reset()],
        [{ operation: 'listJobs', first: 24 }, faults.status(503)],
      ]);
      api.setStartedJobs({ timeline: TWO_CHECKS });
      const handle = await startRun({ start, documents: [await document('a.pdf')], continueAsNewAfterEvents: 50 });
      const { start: how } = await handle.result();
      expect(how).toEqual({ how: 'found', sends: 1 });
      await expectContinued(handle);
      expect(sent(api, 'createJob')).toBe(1);
    });
  });

  it('while starts are refused: the budget goes on', async () => {
    await withRuns(async ({ api, document, startRun, env }) => {
      api.addFaults([[{ operation: 'createJob', first: 20 }, faults.notAccepted(), faults.rateLimit()]]);
      const input = { start, documents: [await document('a.pdf')], continueAsNewAfterEvents: 60 };
      const first = await startRun(input);
      expect((await first.result()).start).toEqual({ how: 'answered', sends: 21 });
      await expectContinued(first);
      expect(api.jobs).toHaveLength(1);

      api.addFaults([[{ operation: 'createJob' }, faults.notAccepted(), faults.rateLimit()]]);
      const begunAt = await env.currentTimeMs();
      const second = await startRun({ ...input, startBudget: '1 hour' });
      await failureOf('UnstructuredRateLimitError', second.result());
      await expectContinued(second);
      const sends = api.requests.filter(({ operation, at }) => operation === 'createJob' && at >= begunAt);
      const [from, to] = [sends[0]!.at, sends.at(-1)!.at];
      expect(to - from).toBeGreaterThanOrEqual(3_600_000);
      expect(to - from).toBeLessThan(3_600_000 + 400_000);
    });
  });
});

async function expectContinued(handle: RunHandle): Promise<void> {
  expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
}

test('a send that is repeated counts from its own begin', async () => {
  const gate = new Gate();
  await withRuns(async ({ api, document, startRun, env }) => {
    api.addFaults([
      [{ operation: 'createJob', first: 1 }, faults.notAccepted(), faults.rateLimit({ retryAfter: 60 })],
      [{ operation: 'createJob', from: 2 }, faults.until(gate.opened)],
    ]);
    const handle = await startRun({ start, documents: [await document('a.pdf')] });
    await env.sleep('30 seconds');
    await handle.signal(TRANSFER_SIGNAL, { phase: 'upload', done: 1, total: 1 });
    const ending = env.sleep('45 seconds').then(() => handle.result());
    ending.catch(() => undefined);
    let now = await handle.query(runProgress);
    while (now.phase === 'starting') {
      await setTimeout(100);
      now = await handle.query(runProgress);
    }
    gate.open();
    expect(now).toMatchObject({ phase: 'uploading', done: 0, total: 1, start: { sends: 2 } });
    await ending;
  });
});

// Last: it looks in real time, during activities.
test('uploading and fetching tell how far they are', async () => {
  await withRuns(async ({ api, document, startRun, to }) => {
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const [uploaded, fetched] = [new Gate(), new Gate()];
    api.addFaults([
      [{ operation: 'createJob' }, faults.until(uploaded.opened)],
      [
        { operation: 'downloadJobOutput', test: () => sent(api, 'downloadJobOutput') === 2 },
        faults.until(fetched.opened),
      ],
    ]);
    const documents = await Promise.all(['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf'].map((name) => document(name)));
    const handle = await startRun({ start, documents, outputs: { to, parallel: 1 } });
    const shows = (state: object) =>
      vi.waitFor(async () => expect(await handle.query(runProgress)).toMatchObject(state), {
        timeout: 60_000,
        interval: 300,
      });
    await shows({ phase: 'uploading', done: 4, total: 4 });
    uploaded.open();
    await shows({ phase: 'fetching', done: 1, total: 4 });
    fetched.open();
    await handle.result();
  });
});
