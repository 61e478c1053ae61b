// Through all its phases a run says what it is doing: by query, in the Web UI, and across continue-as-new.
import { describe, expect, test, vi } from 'vitest';
import { runProgress } from '../../../src/messages';
import { faults } from '../../../src/testing';
import { eventsOf } from '../../support/histories';
import { sent, useRuns, type RunHandle } from '../../support/runs';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };

async function details(handle: RunHandle): Promise<string> {
  return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
}

test('queued, running, fetched: by query and in the Web UI', async () => {
  await withRuns(async ({ api, document, startRun, env, to }) => {
    api.setLaunched({ timeline: [['SCHEDULED', '1h'], ['IN_PROGRESS', '2h'], ['COMPLETED']] });
    const handle = await startRun({ start, documents: [await document('a.pdf')], outputs: { to } });
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

test('node counts while the job runs, where asked for: one more call, at most once a minute', async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    api.setLaunched({ timeline: [['IN_PROGRESS', '20m'], ['COMPLETED']] });
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
  test('while it waits for the job: it is neither started again nor forgotten', async () => {
    await withRuns(async ({ api, document, startRun, to }) => {
      api.setLaunched({ timeline: [['IN_PROGRESS', '3h'], ['COMPLETED']] });
      const documents = [await document('a.pdf'), await document('b.pdf')];
      const handle = await startRun({ start, documents, outputs: { to }, continueAsNewAfterEvents: 100 });
      const result = await handle.result();
      expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'ok']);
      expect(result.start).toEqual({ how: 'answered', sends: 1 });
      expect(result.wait.checks).toBe(api.jobs[0]!.checks);
      expect([sent(api, 'createJob'), sent(api, 'downloadJobOutput')]).toEqual([1, 2]);
      expect((await eventsOf(handle)).length).toBeLessThan(160);
    });
  });

  test('while starts are refused: the budget goes on', async () => {
    await withRuns(async ({ api, document, startRun }) => {
      api.addFaults([[{ operation: 'createJob', first: 40 }, faults.notAccepted(), faults.rateLimit()]]);
      const handle = await startRun({ start, documents: [await document('a.pdf')], continueAsNewAfterEvents: 60 });
      const { start: how } = await handle.result();
      expect(how).toEqual({ how: 'answered', sends: 41 });
      expect(api.jobs).toHaveLength(1);
    });
  });
});

// Last: it looks in real time, during activities.
test('uploading and fetching tell how far they are', async () => {
  await withRuns(async ({ api, document, startRun, to }) => {
    api.setLaunched({ timeline: ['COMPLETED'] });
    api.addFaults([
      [{ operation: 'createJob' }, faults.delay('7s')],
      [{ operation: 'downloadJobOutput' }, faults.delay('4s')],
    ]);
    const documents = await Promise.all(['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf'].map((name) => document(name)));
    const handle = await startRun({ start, documents, outputs: { to, parallel: 1 } });
    const seen = new Set<string>();
    const ending = handle.result();
    const look = async () => {
      const { phase, done, total } = await handle.query(runProgress);
      seen.add(`${phase} ${done ?? '-'}/${total ?? '-'}`);
    };
    const timer = setInterval(() => void look().catch(() => undefined), 300);
    await ending;
    clearInterval(timer);
    await vi.waitFor(() => expect(seen).toContain('uploading 4/4'));
    expect([...seen].filter((state) => /^fetching [1-3]\/4$/.test(state)).length).toBeGreaterThan(0);
  });
});
