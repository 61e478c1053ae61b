// A parent waits for many jobs through a window of children, and gets each wait's end in the order of the jobs.
import { WorkflowFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { unstructuredFailure } from '../../../src';
import { faults } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { QUEUE, RARELY, useTimeSkipping, type Setup } from '../../support/time-skipping';
import type { ExecuteAwaitJobsOptions, JobToAwait } from '../../../workflows';

const withWorker = useTimeSkipping();

let parents = 0;
const startParent = ({ env }: Setup, jobs: JobToAwait[], options?: ExecuteAwaitJobsOptions) =>
  env.client.workflow.start('parentOfChildren', {
    taskQueue: QUEUE,
    workflowId: `many-${++parents}`,
    args: [jobs, { ...RARELY, ...options }],
  });

/** A parent of so many jobs that run for ever, cancelled while its first waits sleep; and the jobs that the API was asked to stop then. */
async function cancelParent(setup: Setup, count: number, options: ExecuteAwaitJobsOptions) {
  const { api, env } = setup;
  const jobs = Array.from({ length: count }, () => api.addJob({ timeline: ['IN_PROGRESS'] }).id);
  const parent = await startParent(setup, jobs, options);
  await env.sleep('1h');
  await atRest(env.client, parent);
  expect(requestsToStop(setup)).toEqual([]);
  await parent.cancel();
  const error: unknown = await parent.result().catch((e: unknown) => e);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect((error as WorkflowFailedError).cause?.name).toBe('CancelledFailure');
  return { jobs, parent, asked: requestsToStop(setup) };
}

/** The jobs that the API was asked to stop, once for each request. */
function requestsToStop({ api }: Setup) {
  return api.requests.filter(({ operation }) => operation === 'cancelJob').map(({ jobId }) => jobId);
}

test('each wait ends for itself, in the order of the jobs, and a job that stands there twice is waited for once', async () => {
  await withWorker(async (setup) => {
    const { api } = setup;
    const jobs = [
      api.addJob({ timeline: [['IN_PROGRESS', '3h'], ['COMPLETED']] }),
      api.addJob({ timeline: [['IN_PROGRESS', '1h'], ['FAILED']] }),
      api.addJob(),
      api.addJob({ timeline: ['IN_PROGRESS'] }),
    ].map(({ id }) => id);
    const parent = await startParent(setup, [...jobs, jobs[2]!.toUpperCase()], { files: 'none', runLimit: '4h' });
    expect(await parent.result()).toEqual([
      'COMPLETED',
      'UnstructuredJobFailedError',
      'COMPLETED',
      'UnstructuredJobTimeoutError',
      'COMPLETED',
    ]);
    const asked = api.requests.filter(({ operation, jobId }) => operation === 'getJob' && jobId === jobs[2]);
    expect(asked).toHaveLength(1);
  });
});

test('no more children than the window wait at a time, and all get their turn', async () => {
  await withWorker(async (setup) => {
    const timeline = [['IN_PROGRESS', '1h'], ['COMPLETED']] as never;
    const jobs = Array.from({ length: 7 }, () => setup.api.addJob({ timeline }).id);
    const parent = await startParent(setup, jobs, { parallel: 3 });
    expect(await parent.result()).toEqual(Array.from({ length: 7 }, () => 'COMPLETED'));
    let pending = 0;
    let peak = 0;
    for (const event of (await parent.fetchHistory()).events ?? []) {
      if (event.startChildWorkflowExecutionInitiatedEventAttributes) peak = Math.max(peak, ++pending);
      if (event.childWorkflowExecutionCompletedEventAttributes) pending--;
    }
    expect(peak).toBe(3);
    expect(pending).toBe(0);
  });
});

test('no jobs are no waits', async () => {
  await withWorker(async (setup) => {
    expect(await (await startParent(setup, [])).result()).toEqual([]);
  });
});

test('a parent that is cancelled cancels all its waits, begins no other, and ends as cancelled', async () => {
  await withWorker(async (setup) => {
    const { api, env } = setup;
    const { jobs, asked } = await cancelParent(setup, 5, { parallel: 2 });
    expect(asked).toEqual([]);
    expect(new Set(api.requests.map(({ jobId }) => jobId))).toEqual(new Set(jobs.slice(0, 2)));
    for (const id of jobs.slice(0, 2)) {
      const { status } = await env.client.workflow.getHandle(`unstructured-job-${id}`).describe();
      expect(status.name).toBe('CANCELLED');
    }
  });
});

test('a parent that is cancelled has every job stopped where the policy says so', async () => {
  await withWorker(async (setup) => {
    const { jobs, asked } = await cancelParent(setup, 3, { parallel: 1, onCancel: 'cancel' });
    expect(asked.toSorted()).toEqual(jobs.toSorted());
  });
});

test('the request to stop a job whose wait had not begun is made again if the API fails, some times', async () => {
  await withWorker(async (setup) => {
    setup.api.addFaults([[{ operation: 'cancelJob' }, faults.status(503)]]);
    const { jobs, asked } = await cancelParent(setup, 2, { parallel: 1, onCancel: 'cancel', confirmLimit: '1 minute' });
    expect(asked.filter((id) => id === jobs[1])).toHaveLength(4);
  });
});

test('a parent that is cancelled takes few events for each job whose wait had not begun, however long it takes to stop', async () => {
  await withWorker(
    async (setup) => {
      const options = { parallel: 1, onCancel: 'cancel', confirmLimit: '5 minutes' } as const;
      const { jobs, parent, asked } = await cancelParent(setup, 20, options);
      expect(new Set(asked)).toEqual(new Set(jobs));
      expect((await parent.describe()).historyLength).toBeLessThanOrEqual(20 * 9);
    },
    { fake: { answers: { cancelTakes: '90s' } } },
  );
});

const ID = '00000000-0000-4000-8000-000000000001';
test.each<[string, unknown, object, string]>([
  ['a job that is none', [ID, 'job-7'], {}, 'jobId must be a uuid; got "job-7".'],
  ['no list', ID, {}, `executeAwaitJobs takes a list of jobs; got "${ID}".`],
  ['too many jobs', Array.from({ length: 4_001 }, () => ID), {}, 'at most 4000 jobs in one workflow; got 4001.'],
  ['a window of nothing', [ID], { parallel: 0 }, 'Option parallel must be a whole number from 1 to 1000; got 0.'],
  ['a window beyond the server', [ID], { parallel: 2_000 }, 'Option parallel must be'],
  ['an unknown option', [ID], { parralel: 3 }, 'Unknown option parralel'],
])('%s is refused before any wait begins', async (_, jobs, options, message) => {
  await withWorker(async (setup) => {
    const error: unknown = await (await startParent(setup, jobs as never, options)).result().catch((e: unknown) => e);
    expect(unstructuredFailure(error)).toMatchObject({ type: 'UnstructuredValidationError' });
    expect(unstructuredFailure(error)!.message).toContain(message);
    expect(setup.api.requests).toEqual([]);
  });
});

test('options of the child workflow reach it', async () => {
  await withWorker(async (setup) => {
    const job = setup.api.addJob();
    const workflow = { memo: { team: 'contracts' }, staticSummary: 'Contract 17', workflowExecutionTimeout: '2 days' };
    const options = { ...RARELY, workflow: workflow as never };
    const args = [job.id, options] as const;
    await setup.env.client.workflow.execute('parentOfChild', {
      taskQueue: QUEUE,
      workflowId: 'of-child',
      args: [...args],
    });
    const { memo, raw } = await setup.env.client.workflow.getHandle(`unstructured-job-${job.id}`).describe();
    expect(memo).toMatchObject({ team: 'contracts' });
    expect(Number(raw.executionConfig?.workflowExecutionTimeout?.seconds)).toBe(2 * 86_400);
  });
});
