// A workflow whose documents come from its connector is run by others, too: a run that somebody began while ours waited to be sent, or after
// its answer was lost, is never taken for ours, nor stopped with it.
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { expect, test, vi } from 'vitest';
import { startRunJob, UnstructuredPlugin } from '../../../src';
import { faults, type FaultRule, type JobSpec } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { failureOf } from '../../support/failure-of';
import { sent, useRuns, type RunSetup } from '../../support/runs';
import { onServer, QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const SLOW = 'starts';
const HOUR: JobSpec = { timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']] };
/** The answer "a run is in progress" to the n-th send is lost. */
const lost = (nth: number): FaultRule => [
  { operation: 'runWorkflow', from: nth, to: nth },
  faults.html({ status: 502 }),
];

async function foreignRun({ api, env }: RunSetup, workflowId: string) {
  return api.addJob({ workflowId, createdAt: await env.currentTimeMs(), ...HOUR });
}

/** The start waits for a worker: its time counts from now on. */
async function scheduled(handle: WorkflowHandle): Promise<void> {
  const pending = async () => (await handle.describe()).raw.pendingActivities;
  await vi.waitFor(async () => expect(await pending()).toHaveLength(1), { timeout: 30_000 });
}

test('a run that began while the start waited for a worker is not taken for ours', async () => {
  await withRuns(async (setup) => {
    const { api, env, startRun } = setup;
    const { id } = api.addWorkflow();
    api.addFaults([lost(1)]);
    const handle = await startRun({ start: { workflowId: id }, startTaskQueue: SLOW });
    await scheduled(handle);
    const foreign = await foreignRun(setup, id);
    const worker = await Worker.create({
      ...onServer(env),
      taskQueue: SLOW,
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
    });
    const failure = await worker.runUntil(failureOf('UnstructuredStartUncertainError', handle.result()));
    expect(failure.details).toMatchObject({ candidatesTotal: 0, run: { earlierJobIds: [foreign.id] } });
    expect(sent(api, 'cancelJob')).toBe(0);
  });
});

test('a run that began between two sends is not taken for ours', async () => {
  await withRuns(async (setup) => {
    const { api, env, startRun } = setup;
    const { id } = api.addWorkflow();
    api.addFaults([[{ operation: 'runWorkflow', first: 1 }, faults.rateLimit({ retryAfter: 300 })], lost(2)]);
    const handle = await startRun({ start: { workflowId: id } });
    await env.sleep('270 seconds');
    const foreign = await foreignRun(setup, id);
    const { details } = await failureOf('UnstructuredStartUncertainError', handle.result());
    expect(details).toMatchObject({ candidatesTotal: 0, run: { earlierJobIds: [foreign.id] } });
    expect(sent(api, 'runWorkflow')).toBe(2);
  });
});

test('a run that began after the answer was lost is not taken for ours', async () => {
  await withRuns(async ({ api, run }) => {
    const { id } = api.addWorkflow();
    const foreign: string[] = [];
    const aMinuteLater = ({ index, at }: { index: number; at: number }) => {
      // The first list is that of the look before the send, the seventh that of the last look.
      if (index === 6) foreign.push(api.addJob({ workflowId: id, createdAt: at + 30_000, ...HOUR }).id);
      return false;
    };
    api.addFaults([
      [{ operation: 'runWorkflow' }, faults.notAccepted(), faults.reset()],
      [{ operation: 'listJobs', test: aMinuteLater }, faults.status(503)],
    ]);
    const { details } = await failureOf('UnstructuredStartUncertainError', run({ start: { workflowId: id } }));
    expect(foreign).toHaveLength(1);
    expect(details.candidates.map((job) => job.id)).toEqual(foreign);
  });
});

test('a run that is cancelled while it looks is taken up with what was there before, and finds its job', async () => {
  await withRuns(async ({ api, env }) => {
    const { id } = api.addWorkflow();
    const other = api.addJob({ workflowId: id, createdAt: await env.currentTimeMs() });
    let isDown = false;
    api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    api.addFaults([
      [{ operation: 'runWorkflow', test: () => (isDown = true) }, faults.reset()],
      [{ operation: 'listJobs', test: () => isDown }, faults.status(503)],
    ]);
    const input = { key: 'cancelled-looking', taskQueue: QUEUE, start: { workflowId: id } };
    const first = await startRunJob(env.client, input);
    await env.sleep('30 minutes');
    await atRest(env.client, first);
    await first.cancel();
    await expect(first.result()).rejects.toThrow();
    isDown = false;
    const { job, start } = await (await startRunJob(env.client, input)).result();
    expect(start).toEqual({ how: 'found', sends: 0 });
    expect(job.id).not.toBe(other.id);
  });
});

// Last: the Java server's clock does not skip any more once a workflow has ended during an activity.
test('a run that began after ours was ended, whose start no worker took, is not taken for ours', async () => {
  await withRuns(async (setup) => {
    const { api, env } = setup;
    const { id } = api.addWorkflow();
    const input = { key: 'never-taken', taskQueue: QUEUE, start: { workflowId: id }, startTaskQueue: SLOW };
    const first = await startRunJob(env.client, input);
    await scheduled(first);
    await first.terminate();
    await expect(first.result()).rejects.toThrow();
    const foreign = await foreignRun(setup, id);
    const again = await startRunJob(env.client, input);
    const { details } = await failureOf('UnstructuredStartUncertainError', again.result());
    expect(details.candidates.map((job) => job.id)).toEqual([foreign.id]);
    expect(sent(api, 'runWorkflow')).toBe(0);
  });
});
