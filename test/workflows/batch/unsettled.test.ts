// A document whose job may have been started, or may still run, is marked so, and no later batch pays for it again.
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { expect, test } from 'vitest';
import type { Manifest, RunJobsInput } from '../../../src';
import { faults } from '../../../src/testing';
import { type BatchSetup, useBatches } from '../../support/batches';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();

const START = { ...RARELY, start: { templateId: 't' }, confirmLimit: '10 minutes' as const };

/** Starts a batch, and cancels it, or another workflow, once its job runs. */
async function startAndCancel(
  { inbox, startBatch, to, env }: BatchSetup,
  key: string,
  options: Partial<RunJobsInput> = {},
  cancelled = key,
): Promise<RunJobsInput> {
  const folder = { from: pathToFileURL(inbox).href };
  const input = { ...START, documents: folder, outputs: { to }, ...options } as RunJobsInput;
  const handle = await startBatch(input, key);
  await env.sleep('5 minutes');
  await env.client.workflow.getHandle(cancelled).cancel();
  await handle.result().catch(() => undefined);
  return input;
}

/** Runs what is new or changed since the batch of that key, and says how much it left out. */
async function nightAfter({ to, inbox, runBatch }: BatchSetup, key: string) {
  const unlessIn = `${to}/_manifests/${key}/manifest.json`;
  const documents = { from: pathToFileURL(inbox).href };
  const { counts } = await runBatch({ ...START, documents, outputs: { to }, unlessIn }, `${key}-next`);
  const manifest = await readFile(fileURLToPath(unlessIn.replace(key, `${key}-next`)), 'utf8');
  return { documents: counts.documents, leftOut: (JSON.parse(manifest) as Manifest).leftOut };
}

test.each([
  ['by itself', (key: string) => `${key}/1`],
  ['with its batch', (key: string) => key],
])('a run that is cancelled %s while its start is uncertain', async (what, cancelled) => {
  await withBatches(async (setup) => {
    const { api, documents, records } = setup;
    await documents(1);
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    api.addFaults([
      [{ operation: 'createJob', first: 1 }, faults.reset()],
      [{ operation: 'listJobs', until: '3h' }, faults.status(504)],
    ]);
    const key = `uncertain ${what}`.replaceAll(' ', '-');
    await startAndCancel(setup, key, {}, cancelled(key));
    const { manifest, parts } = await records(key);
    const reason = expect.stringContaining('was cancelled. It may have started a job') as string;
    expect(parts.flat()).toMatchObject([
      { status: 'missing', unsettled: true, reason, jobId: null, workflowId: `${key}/1` },
    ]);
    expect(manifest.unsettledJobs).toEqual([{ part: 1, workflowId: `${key}/1`, jobId: null, message: reason }]);
    expect(await nightAfter(setup, key)).toEqual({ documents: 0, leftOut: { unsettled: 1 } });
    expect(api.jobs).toHaveLength(1);
  });
});

/** Loses the answers of the activity that begins a job, once it has noted that, while `isLost` says so; and counts them. */
function losingBegins(isLost: () => boolean) {
  const lost = { answers: 0 };
  const interceptor: ActivityInterceptorsFactory = ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const answer = await next(input);
        if (info.activityType !== 'unstructured.beginJob' || !isLost()) return answer;
        lost.answers++;
        throw new Error('the answer is lost');
      },
    },
  });
  return { lost, worker: { interceptors: { activity: [interceptor] } } };
}

test.each([
  ['by itself', (key: string) => `${key}/1`],
  ['with its batch', (key: string) => key],
])('a run that is cancelled %s once it noted its begin, and before it heard of that', async (what, cancelled) => {
  let isLost = true;
  const { lost, worker } = losingBegins(() => isLost);
  await withBatches(
    async (setup) => {
      const { api, documents, inbox, startBatch, records, to, env } = setup;
      await documents(1);
      const key = `begun ${what}`.replaceAll(' ', '-');
      const input = { ...START, documents: { from: pathToFileURL(inbox).href }, outputs: { to } };
      const handle = await startBatch(input, key);
      while (lost.answers < 4) await env.sleep('5 seconds'); // the next attempt is some seconds away, which do not pass
      isLost = false;
      await env.client.workflow.getHandle(cancelled(key)).cancel();
      await handle.result().catch(() => undefined);
      const reason = 'the run of its job was cancelled before it started one';
      const { manifest, parts } = await records(key);
      expect(parts.flat()).toMatchObject([{ status: 'missing', unsettled: false, reason, workflowId: `${key}/1` }]);
      expect(manifest.unsettledJobs).toEqual([]);
      expect(api.jobs).toEqual([]);
      expect(await nightAfter(setup, key)).toEqual({ documents: 1, leftOut: {} });
    },
    { worker },
  );
});

test.each<[string, boolean, object]>([
  ['and hears of them then', false, { unsettled: false }],
  ['and never does', true, { unsettled: true, jobId: null }],
])(
  'a run that continues as new, and is cancelled before it hears of its documents, %s, has its job stopped',
  async (how, isNeverHeard, line) => {
    let isLost = false;
    const { lost, worker } = losingBegins(() => isLost);
    await withBatches(
      async (setup) => {
        const { api, documents, inbox, startBatch, records, to, env } = setup;
        api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
        await documents(1);
        const input = { ...START, documents: { from: pathToFileURL(inbox).href }, outputs: { to } };
        const key = how.replaceAll(' ', '-');
        const handle = await startBatch({ ...input, continueAsNewAfterEvents: 60 }, key);
        while (api.jobs.length === 0) await env.sleep('5 seconds');
        isLost = true;
        while (lost.answers < 4) await env.sleep('5 seconds');
        isLost = isNeverHeard;
        await handle.cancel();
        await handle.result().catch(() => undefined);
        const [job] = api.jobs;
        expect(await job!.status()).toBe('STOPPED');
        const { parts } = await records(key);
        expect(parts.flat()).toMatchObject([{ status: 'missing', jobId: job!.id, ...line }]);
      },
      { worker },
    );
  },
);

test('a job that is left when its batch is cancelled', async () => {
  await withBatches(async (setup) => {
    const { api, documents, runBatch, records } = setup;
    await documents(1);
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const input = await startAndCancel(setup, 'left', { onCancel: 'leave' });
    const [job] = api.jobs;
    const { manifest, parts } = await records('left');
    expect(parts.flat()).toMatchObject([{ status: 'missing', unsettled: true, jobId: job!.id }]);
    expect(manifest.unsettledJobs).toMatchObject([{ part: 1, jobId: job!.id }]);
    expect(await nightAfter(setup, 'left')).toEqual({ documents: 0, leftOut: { unsettled: 1 } });

    job!.setStatus('COMPLETED');
    expect((await runBatch(input, 'left')).counts).toMatchObject({ ok: 1, missing: 0 });
    expect((await records('left')).manifest.unsettledJobs).toEqual([]);
    expect(api.jobs).toHaveLength(1);
  });
});

test('a job that is stopped with its batch is settled: a later batch sends its documents again', async () => {
  await withBatches(async (setup) => {
    const { api, documents, inbox, startBatch, records, to, env } = setup;
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    await documents(1);
    const handle = await startBatch(
      { ...START, documents: { from: pathToFileURL(inbox).href }, outputs: { to } },
      'stopped',
    );
    await env.sleep('5 minutes');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
    const { manifest, parts } = await records('stopped');
    expect(parts.flat()).toMatchObject([{ status: 'missing', unsettled: false, jobId: api.jobs[0]!.id }]);
    expect(manifest.unsettledJobs).toEqual([]);
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    expect(await nightAfter(setup, 'stopped')).toEqual({ documents: 1, leftOut: {} });
    expect(api.jobs).toHaveLength(2);
  });
});

test('a job whose limit passes is settled if it was stopped, and not if it was left', async () => {
  await withBatches(async (setup) => {
    const { api, documents, inbox, runBatch, records, to } = setup;
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    await documents(1);
    const input: RunJobsInput = {
      ...START,
      documents: { from: pathToFileURL(inbox).href },
      outputs: { to },
      runLimit: '1 hour',
    };
    await runBatch(input, 'limit');
    expect((await records('limit')).parts.flat()).toMatchObject([{ status: 'failed', unsettled: false }]);
    await runBatch({ ...input, onLimit: 'leave' }, 'limit-left');
    expect((await records('limit-left')).parts.flat()).toMatchObject([{ status: 'missing', unsettled: true }]);
  });
});

test('what an earlier run of the batch left unsettled is told until it is settled', async () => {
  await withBatches(async (setup) => {
    const { api, documents, inbox, runBatch, records, to } = setup;
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    api.addFaults([
      [{ operation: 'createJob', from: 1, to: 1 }, faults.notAccepted(), faults.status(400)],
      [{ operation: 'createJob', from: 2, to: 2 }, faults.notAccepted(), faults.reset()],
      [{ operation: 'createJob', from: 3 }, faults.notAccepted(), faults.status(400)],
    ]);
    await documents(2);
    const input: RunJobsInput = {
      ...START,
      documents: { from: pathToFileURL(inbox).href },
      outputs: { to },
      perJob: 1,
      parallel: 1,
    };
    expect((await runBatch(input, 'later')).counts).toMatchObject({ failed: 1, missing: 1, failedJobs: 2 });
    const unsettled = (await records('later')).manifest.unsettledJobs;
    expect(unsettled).toMatchObject([{ part: 2 }]);
    // The second run of the batch stops before it comes to the job that is unsettled.
    await expect(runBatch({ ...input, tolerated: 0.1 }, 'later')).rejects.toThrow();
    const { manifest } = await records('later');
    expect(manifest).toMatchObject({ outcome: 'stopped', unsettledJobs: unsettled });
    expect(manifest.counts).toMatchObject({ failed: 1, missing: 1, failedJobs: 1 });
    expect(await nightAfter(setup, 'later')).toMatchObject({ leftOut: { unsettled: 1 } });
  });
});

test('a job that was started anew and may still run stays unsettled, though its first run is looked at again', async () => {
  let [isHeldUp, looks] = [false, 0];
  const holdUp: ActivityInterceptorsFactory = ({ info }) => ({
    inbound: {
      execute: (input, next) => {
        const [{ key }] = input.args as [{ key: string }];
        if (!isHeldUp || info.activityType !== 'unstructured.joinRun' || !key.endsWith('/1.2')) return next(input);
        looks++;
        return Promise.reject(new Error('not now'));
      },
    },
  });
  await withBatches(
    async (setup) => {
      const { api, documents, startBatch, records, env } = setup;
      await documents(1);
      api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
      const input = await startAndCancel(setup, 'anew');
      await startAndCancel(setup, 'anew', { onCancel: 'leave' }, 'anew/1.2');
      expect((await records('anew')).manifest.unsettledJobs).toMatchObject([{ workflowId: 'anew/1.2' }]);
      isHeldUp = true;
      const third = await startBatch({ ...input, onCancel: 'leave' }, 'anew');
      while (looks === 0) await env.sleep('10 seconds'); // the first run has told that its job was stopped
      await env.client.workflow.getHandle('anew').cancel();
      await third.result().catch(() => undefined);
      expect((await records('anew')).manifest.unsettledJobs).toMatchObject([{ workflowId: 'anew/1.2' }]);
      expect(await nightAfter(setup, 'anew')).toEqual({ documents: 0, leftOut: { unsettled: 1 } });
      expect(api.jobs).toHaveLength(2);
    },
    { worker: { interceptors: { activity: [holdUp] } } },
  );
});
