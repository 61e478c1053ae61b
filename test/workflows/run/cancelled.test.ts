// What a run started it cancels with itself; a start on its way is waited for first, so that no job is left that nobody knows of.
import { expect, test, vi } from 'vitest';
import { faults } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { expectCancelled, failureOf } from '../../support/failure-of';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const ENDLESS = { timeline: ['IN_PROGRESS'] };

test('a job that we started is cancelled with the run', async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    api.setStartedJobs(ENDLESS);
    const handle = await startRun({ start, documents: [await document('a.pdf')] });
    await env.sleep('2 minutes');
    await atRest(env.client, handle);
    await handle.cancel();
    await expectCancelled(handle.result());
    expect(await api.jobs[0]!.status()).toBe('STOPPED');
  });
});

test("unless the caller says 'leave'", async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    api.setStartedJobs(ENDLESS);
    const handle = await startRun({ start, documents: [await document('a.pdf')], onCancel: 'leave' });
    await env.sleep('2 minutes');
    await atRest(env.client, handle);
    await handle.cancel();
    await expectCancelled(handle.result());
    expect(await api.jobs[0]!.status()).toBe('IN_PROGRESS');
  });
});

test('a job that was handed in is left', async () => {
  await withRuns(async ({ api, startRun, env }) => {
    const job = api.addJob(ENDLESS);
    const handle = await startRun({ resume: { jobId: job.id } });
    await env.sleep('2 minutes');
    await atRest(env.client, handle);
    await handle.cancel();
    await expectCancelled(handle.result());
    expect(sent(api, 'cancelJob')).toBe(0);
  });
});

test.each([
  ['a run started and another resumes is cancelled with that one', true, 'STOPPED'],
  ['a run took over and another resumes is left', false, 'IN_PROGRESS'],
])('a job that %s', async (_, startedByRun, status) => {
  await withRuns(async ({ api, startRun, env }) => {
    const job = api.addJob(ENDLESS);
    const handle = await startRun({ resume: { jobId: job.id, startedByRun } });
    await env.sleep('2 minutes');
    await atRest(env.client, handle);
    await handle.cancel();
    await expectCancelled(handle.result());
    expect(await job.status()).toBe(status);
  });
});

test('a start of an earlier run that is looked for: its job is found first, then cancelled', async () => {
  await withRuns(async ({ api, document, startRun, run, env }) => {
    api.setStartedJobs(ENDLESS);
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.reset()]]);
    api.setAnswers({ listLag: '30d' });
    const input = { start, documents: [await document('a.pdf')] };
    const { details } = await failureOf('UnstructuredStartUncertainError', run(input));
    api.addFaults([[{ operation: 'listJobs', first: 8 }, faults.status(503)]]);
    api.setAnswers({ listLag: 0 });
    const handle = await startRun({ ...input, resume: details.run! });
    await env.sleep('20 seconds');
    await atRest(env.client, handle);
    await handle.cancel();
    await expectCancelled(handle.result());
    expect(await api.jobs[0]!.status()).toBe('STOPPED');
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('a limit cancels what we started, and says so with the job to resume', async () => {
  await withRuns(async ({ api, document, run }) => {
    api.setStartedJobs(ENDLESS);
    const wait = run({ start, documents: [await document('a.pdf')], runLimit: '5 minutes' });
    const { details } = await failureOf('UnstructuredJobTimeoutError', wait);
    expect(details).toMatchObject({ limit: 'run', lastStatus: 'STOPPED', cancel: { confirmed: true } });
    expect(details.run).toMatchObject({ jobId: api.jobs[0]!.id });
    expect(details.run!.knownFiles).toHaveLength(1);
  });
});

test("unless the caller says 'leave' to a limit", async () => {
  await withRuns(async ({ api, document, run }) => {
    api.setStartedJobs(ENDLESS);
    const wait = run({ start, documents: [await document('a.pdf')], runLimit: '5 minutes', onLimit: 'leave' });
    const { details } = await failureOf('UnstructuredJobTimeoutError', wait);
    expect(details).toMatchObject({ limit: 'run', lastStatus: 'IN_PROGRESS', cancel: null });
    expect(await api.jobs[0]!.status()).toBe('IN_PROGRESS');
    expect(sent(api, 'cancelJob')).toBe(0);
  });
});

test.each(['cancel', undefined] as const)(
  'a job that was taken over is cancelled by word alone: %s',
  async (onCancel) => {
    await withRuns(async ({ api, startRun, env }) => {
      const { id } = api.addWorkflow();
      const job = api.addJob({ workflowId: id, ...ENDLESS });
      const handle = await startRun({ start: { workflowId: id }, whenBusy: 'adopt', onCancel });
      await env.sleep('2 minutes');
      await atRest(env.client, handle);
      await handle.cancel();
      await expectCancelled(handle.result());
      expect(await job.status()).toBe(onCancel ? 'STOPPED' : 'IN_PROGRESS');
      expect(api.jobs).toHaveLength(1);
    });
  },
);

test.each(['all', 'final'] as const)('a list of files is resumed whole or not at all: %s', async (which) => {
  await withRuns(async ({ api, document, run, to }) => {
    api.setStartedJobs({ ...ENDLESS, nodes: 1_300 });
    const input = { start, documents: [await document('a.pdf')], outputs: { to, which }, runLimit: '5 minutes' };
    const { details } = await failureOf('UnstructuredJobTimeoutError', run(input));
    const { knownFiles } = details.run!;
    if (which === 'all') expect(knownFiles).toBeUndefined();
    else expect(knownFiles).toHaveLength(1);
  });
});

test('a run that is cancelled while its search for a lost start goes on cancels the job that it finds', async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    let isDown = true;
    api.addFaults([
      [{ operation: 'createJob' }, faults.reset()],
      [{ operation: 'listJobs', test: () => isDown }, faults.status(503)],
    ]);
    api.setStartedJobs(ENDLESS);
    const handle = await startRun({ start, documents: [await document('a.pdf')] });
    await env.sleep('2 minutes');
    await atRest(env.client, handle);
    await handle.cancel();
    isDown = false;
    await expectCancelled(handle.result());
    expect(await api.jobs[0]!.status()).toBe('STOPPED');
  });
});

test('a run that is cancelled while it waits for a busy workflow starts nothing', async () => {
  await withRuns(async ({ api, startRun, env }) => {
    const { id } = api.addWorkflow();
    api.addJob({ workflowId: id, ...ENDLESS });
    const handle = await startRun({ start: { workflowId: id } });
    await env.sleep('2 minutes');
    await atRest(env.client, handle);
    await handle.cancel();
    await expectCancelled(handle.result());
    expect(api.jobs).toHaveLength(1);
    expect(sent(api, 'cancelJob')).toBe(0);
  });
});

// Last: the Java server's clock does not skip any more once a workflow has ended during an activity.
test('a cancellation during the start waits for its answer, then cancels the job', async () => {
  await withRuns(async ({ api, document, startRun }) => {
    api.setStartedJobs(ENDLESS);
    api.addFaults([[{ operation: 'createJob' }, faults.delay('2s')]]);
    const handle = await startRun({ start, documents: [await document('a.pdf')] });
    await vi.waitFor(() => expect(sent(api, 'createJob')).toBe(1), { timeout: 30_000 });
    await handle.cancel();
    await expectCancelled(handle.result());
    expect(await api.jobs[0]!.status()).toBe('STOPPED');
  });
});
