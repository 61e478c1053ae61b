// Where no worker serves the activities' queue, that is shown within a minute, a limit fires all the same, and without a limit the wait goes on
// with the first that comes.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import { expect, test, type TestContext, vi } from 'vitest';
import { batchProgress, progress, runProgress, startRunJob, startRunJobs, UnstructuredPlugin } from '../../src';
import type { CollectRequest } from '../../src/core/run/collect';
import { type FaultRule, faults, type Operation } from '../../src/testing';
import { temporaryFolder } from '../testing/temporary-folder';
import { sample } from '../support/breadth';
import { currentDetailsOf } from '../support/current-details';
import { failureOf } from '../support/failure-of';
import type { ExecuteAwaitJobsOptions } from '../../workflows';
import { eventsOf } from '../support/histories';
import { collecting } from '../support/parents';
import { batchOf } from './support/batch';
import { OFTEN, SELDOM, type Setup, useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();

/** Waits for what is shown within a minute, by a machine that may be busy. */
const shown = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 100_000, interval: 1_000 });

test.concurrent('a limit fires, and the failure says that no check could be made', async () => {
  await withApi(async ({ api, queue, startWorker, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const activityTaskQueue = `${queue}-activities`;
    await startWorker({ plugins: [] });
    const handle = await start(job, { ...SELDOM, runLimit: '3 seconds', activityTaskQueue });
    const activities = await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });
    await eventually(async () =>
      expect(await handle.query(progress)).toMatchObject({ activity: 'sleeping', checks: 1 }),
    );
    await activities.stop();

    const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(details).toMatchObject({ limit: 'run', limitMs: 3_000, lastStatus: 'IN_PROGRESS', lastCheck: 'noAnswer' });
    expect(details.wait.failures).toEqual({ TimeoutFailure: 1 });
  });
});

test.concurrent.each<[what: string, options: (elsewhere: string) => ExecuteAwaitJobsOptions]>([
  ['of their activities', (elsewhere) => ({ activityTaskQueue: elsewhere })],
  ['of their waits', (elsewhere) => ({ workflow: { taskQueue: elsewhere } })],
])(
  'a parent that is cancelled ends, though no worker takes the requests to stop its jobs from the task queue %s',
  async (_, optionsOf) => {
    await withApi(async ({ api, client, queue, startWorker }) => {
      const jobs = Array.from({ length: 2 }, () => api.addJob({ timeline: ['IN_PROGRESS'] }).id);
      const elsewhere = `${queue}-elsewhere`;
      for (const taskQueue of [queue, elsewhere]) await startWorker({ taskQueue, plugins: [] });
      const patience = { ...SELDOM, parallel: 1, onCancel: 'cancel', confirmLimit: '1 second', account: 'eu' };
      const parent = await client.workflow.start('parentOfChildren', {
        taskQueue: queue,
        workflowId: `${queue}-parent`,
        args: [jobs, { ...patience, ...optionsOf(elsewhere) }],
      });
      await eventually(async () => expect((await parent.describe()).raw.pendingChildren).toHaveLength(1));
      await parent.cancel();
      await expect(parent.result()).rejects.toThrow('cancelled');
      const [scheduled, ...others] = attributesOf(await eventsOf(parent), 'activityTaskScheduledEventAttributes');
      expect(scheduled).toMatchObject({
        activityType: { name: 'unstructured.cancelJob' },
        taskQueue: { name: elsewhere },
      });
      expect(tsToMs(scheduled?.heartbeatTimeout ?? undefined)).toBe(10_000); // a worker that is killed loses no request
      expect(fromPayloadsAtIndex(defaultPayloadConverter, 0, scheduled?.input?.payloads)).toMatchObject({
        jobId: jobs[1],
        account: 'eu',
      });
      expect(others).toEqual([]);
    });
  },
);

test.concurrent(
  'the total limit fires also where the job is over, and the question about its documents finds no worker',
  async () => {
    await withApi(async ({ api, queue, startWorker, start }) => {
      const job = api.addJob({ timeline: ['COMPLETED'] });
      // The first answer comes after the limit, and the next request is held up until its worker is gone.
      api.addFaults([
        [{ operation: 'getJob' }, faults.delay(1_500)],
        [{ operation: 'getJobDetails' }, faults.hang()],
      ]);
      const activityTaskQueue = `${queue}-activities`;
      await startWorker({ plugins: [] });
      const handle = await start(job, { ...SELDOM, totalLimit: '1 second', failedFiles: 'fail', activityTaskQueue });
      const activities = await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });
      await eventually(async () => {
        expect(await handle.query(progress)).toMatchObject({ activity: 'askingDocuments', status: 'COMPLETED' });
      });
      await activities.stop();

      const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
      expect(details).toMatchObject({ limit: 'total', lastStatus: 'COMPLETED', lastCheck: 'noAnswer' });
    });
  },
);

test.concurrent('without a limit, a later worker makes the check', async () => {
  await withApi(async ({ api, queue, startWorker, start }) => {
    const job = api.addJob({ timeline: ['COMPLETED'] });
    const activityTaskQueue = `${queue}-activities`;
    await startWorker({ plugins: [] });
    const handle = await start(job, { ...OFTEN, activityTaskQueue });
    await eventually(async () =>
      expect(await handle.query(progress)).toMatchObject({ activity: 'checking', checks: 0 }),
    );
    await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });
    expect((await handle.result()).wait).toMatchObject({ checks: 1, failures: {} });
  });
});

test.concurrent(
  'that no worker takes a check is shown within a minute, once, and the first that comes takes it',
  async () => {
    await withApi(async ({ api, queue, startWorker, start }) => {
      const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
      const activityTaskQueue = `${queue}-activities`;
      await startWorker({ plugins: [] });
      const handle = await start(job, { ...OFTEN, activityTaskQueue, searchAttributes: true });
      const unserved = { taskQueue: activityTaskQueue, since: expect.stringMatching(/Z$/) as unknown };
      await shown(async () =>
        expect(await handle.query(progress)).toMatchObject({ activity: 'checking', checks: 0, unserved }),
      );
      expect(await currentDetailsOf(handle)).toContain(
        `**no worker takes it from task queue \`${activityTaskQueue}\`**, since `,
      );
      expect(await healthOf(handle)).toBe('no worker');
      await startWorker({ taskQueue: activityTaskQueue, workflowBundle: undefined });

      expect((await handle.result()).wait).toMatchObject({ checks: 3, failures: {} });
      expect(await handle.query(progress)).toMatchObject({ unserved: null });
      const events = await eventsOf(handle);
      // A healthy wait of three checks has 41 events at most: what nobody took costs five, once, and each change of what lists show one.
      expect(attributesOf(events, 'activityTaskTimedOutEventAttributes')).toHaveLength(1);
      expect(events.length).toBeLessThanOrEqual(11 * 3 + 8 + 5 + 3);
      // Where the queue is merely slow, the next check keeps its place in it.
      const [first, again, next] = attributesOf(events, 'activityTaskScheduledEventAttributes').map(
        ({ scheduleToStartTimeout }) => Number(scheduleToStartTimeout!.seconds),
      );
      expect([first, again! > 500, next! >= 2 * first!]).toEqual([45, true, true]);
    });
  },
);

/** What lists of workflows show. */
async function healthOf(handle: Pick<WorkflowHandle, 'describe'>): Promise<unknown> {
  const { typedSearchAttributes } = await handle.describe();
  return typedSearchAttributes.get({ name: 'UnstructuredHealth', type: 'KEYWORD' });
}

/** What a run does when its activities' worker leaves, after which request, and what the run shows then. */
const LEFT: [what: string, last: Operation | undefined, rules: FaultRule[], now: object][] = [
  ['the start', undefined, [], { phase: 'uploading', start: { sends: 1 } }],
  ['the look for a job', 'createJob', [[{ operation: 'createJob' }, faults.reset()]], { phase: 'searching' }],
  ['the question about documents', 'getJob', [], { wait: { activity: 'askingDocuments', status: 'COMPLETED' } }],
  ['the fetching of outputs', 'getJobDetails', [], { phase: 'fetching', done: 0, total: 1 }],
];

test.concurrent.for(sample(LEFT, 2))(
  'that no worker takes %s of a run is shown within a minute, and it goes on with the one that comes',
  async ([, last, rules, now], { onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await writeFile(join(folder, 'a.pdf'), 'text');
    const to = pathToFileURL(folder).href;
    await withApi(async ({ api, client, queue, startWorker }) => {
      api.setStartedJobs({ timeline: ['COMPLETED'] });
      const [documents, outputs] = [{ folders: [folder] }, { folders: [folder] }];
      const plugins = [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, documents, outputs })];
      const activities = { taskQueue: `${queue}-activities`, workflowBundle: undefined, plugins };
      await startWorker({ plugins: [] });
      if (last) {
        const first = await startWorker({ ...activities, shutdownGraceTime: '30 seconds' });
        const leave = () => {
          void first.stop();
          return false;
        };
        api.addFaults([[{ operation: last, test: leave }, faults.hang()], ...rules]);
      }
      const input = { start: { templateId: 't' }, documents: [{ ref: `${to}/a.pdf` }], outputs: { to } };
      const queues = { taskQueue: queue, activityTaskQueue: activities.taskQueue };
      const options = { ...OFTEN, ...queues, searchAttributes: true };
      const handle = await startRunJob(client, { ...input, ...options, key: `run-${queue}` });
      const unserved = { taskQueue: activities.taskQueue };
      await shown(async () => expect(await handle.query(runProgress)).toMatchObject({ ...now, unserved }));
      expect(await currentDetailsOf(handle)).toContain('no worker takes it');
      expect(await healthOf(handle)).toBe('no worker');
      await startWorker(activities);
      await eventually(async () => expect(await handle.query(runProgress)).toMatchObject({ unserved: null }));
      await eventually(async () => expect(await healthOf(handle)).not.toBe('no worker'));
      expect(api.jobs).toHaveLength(1);
      await client.workflow.getHandle(handle.workflowId).cancel();
    });
  },
);

test.concurrent('that no worker takes what plans a batch is shown within a minute', async ({ onTestFinished }) => {
  await withApi(async (setup) => {
    const { client, queue, startWorker } = setup;
    const activityTaskQueue = `${queue}-activities`;
    const { input } = await batchOf(setup, 1, onTestFinished, { activityTaskQueue, searchAttributes: true });
    await startWorker({ plugins: [] });
    const handle = await startRunJobs(client, input);
    await eventually(async () =>
      expect(await handle.query(batchProgress)).toMatchObject({ phase: 'planning', unserved: null }),
    );
    const unserved = { taskQueue: activityTaskQueue };
    await shown(async () => expect(await handle.query(batchProgress)).toMatchObject({ phase: 'planning', unserved }));
    expect(await currentDetailsOf(handle)).toContain(`no worker takes it from task queue \`${activityTaskQueue}\``);
    expect(await healthOf(handle)).toBe('no worker');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
  });
});

const COLLECT: CollectRequest = {
  jobId: '5f0e6a3a-1c55-4d6f-9a5b-6b1f5d3f2c11',
  files: [{ fileId: 'a', nodeIds: [] }],
  which: 'final',
  to: 'file:///out',
};

/** What begins an activity that keeps its place by heartbeats. */
const LONG_WORK: [
  what: string,
  start: (setup: Setup, taskQueue: string, hooks: TestContext) => Promise<WorkflowHandle>,
][] = [
  [
    'lists the documents of a batch',
    async (setup, activityTaskQueue, { onTestFinished }) => {
      const { input } = await batchOf(setup, 1, onTestFinished, { activityTaskQueue });
      return startRunJobs(setup.client, input);
    },
  ],
  [
    'fetches outputs',
    ({ client, queue }, activityTaskQueue) =>
      client.workflow.start(collecting, {
        workflowId: `collecting-${queue}`,
        taskQueue: queue,
        args: [COLLECT, { activityTaskQueue }],
      }),
  ],
];

/** Temporal hands the details of heartbeats on only within one activity. */
test.concurrent.for(sample(LONG_WORK, 1))(
  'a worker that %s and dies leaves to the one that comes later what its heartbeats told',
  { timeout: 300_000 },
  async ([, start], hooks) => {
    await withApi(async (setup) => {
      const { client, queue, startWorker } = setup;
      const taskQueue = `${queue}-activities`;
      await startWorker({ plugins: [] });
      const handle = await start(setup, taskQueue, hooks);
      const first = await takeActivity(setup, taskQueue);
      expect(first.request).not.toHaveProperty('memory');
      const memory = { done: 3, after: 'file:///in/b.pdf' };
      await client.workflowService.recordActivityTaskHeartbeat({
        taskToken: first.taskToken,
        namespace: client.options.namespace,
        details: { payloads: [defaultPayloadConverter.toPayload(memory)] },
      });
      await scheduledAgain(handle);
      const next = await takeActivity(setup, taskQueue);
      expect(next.request).toEqual({ ...first.request, memory });
      await handle.terminate();
    });
  },
);

/** Until no worker has taken the second attempt for long enough. */
async function scheduledAgain(handle: WorkflowHandle): Promise<void> {
  const isTimedOut = async () => attributesOf(await eventsOf(handle), 'activityTaskTimedOutEventAttributes').length > 0;
  await vi.waitUntil(isTimedOut, { timeout: 200_000, interval: 1_000 });
}

/** Takes an activity as a worker does, and leaves it alone. */
async function takeActivity({ client }: Setup, taskQueue: string) {
  const { namespace } = client.options;
  const poll = () =>
    client.workflowService.pollActivityTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      identity: 'a worker that dies',
    });
  for (;;) {
    const { taskToken, input } = await client.connection.withDeadline(Date.now() + 70_000, poll);
    // A poll that waited for a minute in vain is answered with nothing.
    if (input) return { taskToken, request: fromPayloadsAtIndex<object>(defaultPayloadConverter, 0, input.payloads) };
  }
}
