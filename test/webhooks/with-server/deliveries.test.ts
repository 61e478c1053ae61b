// Waits with a gap of hours end when the fake's deliveries reach a real handler, whatever becomes of those on the way.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import {
  type AwaitJobInput,
  type AwaitJobResult,
  checkNow,
  progress,
  type RunJobResult,
  startAwaitJob,
  startRunJob,
} from '../../../src';
import { AWAIT_JOB_COMPLETION, waiterWorkflowId } from '../../../src/core/names';
import type { FakeJob, WebhookSpec } from '../../../src/testing';
import {
  createWebhookHandler,
  type JobEvent,
  type NodeListener,
  toNodeListener,
  type WebhookHandlerOptions,
} from '../../../src/webhooks';
import { type Setup, useDevServer } from '../../dev-server/support/dev-server';
import { eventually } from '../../dev-server/support/eventually';
import { parentOfChild } from '../../support/parents';

const { withWorker } = useDevServer();

const SECRET = 'a secret of more than 24 bytes';
/** After the first check none for hours, unless something asks for one. */
const RARELY = { safetyGap: '6 hours' } as const;

interface WebhookSetup extends Setup {
  unawaited: JobEvent[];
  /** What is answered to the deliveries, in order. */
  answers: () => unknown[];
  /** Has a handler with these options receive what comes from now on. */
  receiveWith: (options: Partial<WebhookHandlerOptions>) => void;
  startParent: (job: FakeJob, workflowId: string) => Promise<{ result: () => ReturnType<typeof parentOfChild> }>;
}

/** Runs `fn` with a worker and a fake whose channel leads to a handler on a real port. */
async function withWebhooks(fn: (setup: WebhookSetup) => Promise<void>, channel: Partial<WebhookSpec> = {}) {
  let listener: NodeListener = (_, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => listener(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const webhooks = [{ url, secret: SECRET, ...channel }];
  await withWorker(
    async (setup) => {
      const { api, client, queue } = setup;
      const unawaited: JobEvent[] = [];
      const onUnawaited = (event: JobEvent) => void unawaited.push(event);
      const receiveWith = (options: Partial<WebhookHandlerOptions>) => {
        listener = toNodeListener(createWebhookHandler({ client, secret: SECRET, onUnawaited, ...options }));
      };
      receiveWith({});
      const answers = () =>
        api.deliveries.filter(({ answer }) => answer).map(({ answer }) => JSON.parse(answer) as unknown);
      const startParent = (job: FakeJob, workflowId: string) =>
        client.workflow.start(parentOfChild, { workflowId, taskQueue: queue, args: [job.id, RARELY] });
      await fn({ ...setup, unawaited, answers, receiveWith, startParent });
    },
    { webhooks },
  );
}

/** A job that runs, and a wait for it that has looked once. */
async function lookedAt<W>(api: Setup['api'], wait: (job: FakeJob) => Promise<W>): Promise<{ job: FakeJob; wait: W }> {
  const job = api.addJob({ timeline: ['IN_PROGRESS'] });
  const started = await wait(job);
  await eventually(() => expect(job.checks).toBe(1));
  return { job, wait: started };
}

test('a parent that looks every six hours has its result when the job is done', async () => {
  await withWebhooks(async ({ api, answers, startParent, unawaited }) => {
    const { job, wait: parent } = await lookedAt(api, (job) => startParent(job, 'parent'));
    job.setStatus('COMPLETED');

    const { wait } = await parent.result();
    expect(wait).toMatchObject({ checks: 2, hints: 1 });
    await api.deliver();
    expect(answers()).toEqual([
      { result: 'ignored', waiters: 0 },
      { result: 'signalled', waiters: 1 },
    ]);
    expect(unawaited).toEqual([]);
  });
});

test('so have second parents, and whoever waits for the next job of the workflow', async () => {
  await withWebhooks(async ({ api, client, queue, answers, startParent }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const { workflowId } = job;
    const createdAfter = new Date(Date.now() - 60_000).toISOString();
    const next = await startAwaitJob(client, { workflowId, createdAfter }, { taskQueue: queue, ...RARELY });
    const ids = [next.workflowId, waiterWorkflowId(job.id), `${waiterWorkflowId(job.id)}/second`];
    const sleeping = (id: string) =>
      eventually(async () => {
        const { activity } = await client.workflow.getHandle(id).query(progress);
        expect(activity).toBe('sleeping');
        const query = `WorkflowId = '${id}' AND ExecutionStatus = 'Running'`;
        expect((await client.workflow.count(query)).count).toBe(1);
      });
    const first = await startParent(job, 'first');
    await sleeping(ids[1]!);
    const parents = [first, await startParent(job, 'second')];
    await Promise.all(ids.map(sleeping));
    job.setStatus('COMPLETED');

    const results = await Promise.all([next.result(), ...parents.map((parent) => parent.result())]);
    expect(results.map(({ job: { status }, wait: { hints } }) => [status, hints])).toEqual(
      Array.from({ length: 3 }, () => ['COMPLETED', 1]),
    );
    await api.deliver();
    expect(answers().at(-1)).toEqual({ result: 'signalled', waiters: 3 });
  });
});

test('deliveries that come twice and out of order do no harm', async () => {
  await withWebhooks(
    async ({ api, answers, startParent }) => {
      const { job, wait: parent } = await lookedAt(api, (job) => startParent(job, 'twice'));
      job.setStatus('FAILED');
      await expect(parent.result()).rejects.toThrow();
      await api.deliver();
      expect(api.deliveries.map(({ type, status }) => [type, status])).toEqual([
        ['job.failed', 200],
        ['job.failed', 200],
        ['job.in_progress', 200],
        ['job.in_progress', 200],
      ]);
      expect(answers()[0]).toEqual({ result: 'signalled', waiters: 1 });
    },
    { duplicate: 'always', reordered: true },
  );
});

test('a delivery that comes too early has the wait look again soon', async () => {
  await withWebhooks(
    async ({ api, start }) => {
      const job = api.addJob({ startsAt: 'firstCheck', timeline: [['IN_PROGRESS', '3s'], ['COMPLETED']] });
      const { wait } = await (await start(job, { ...RARELY, minimumGap: '2 seconds' })).result();
      expect(wait.hints).toBe(1);
      expect(wait.checks).toBeGreaterThan(2);
    },
    { early: '1s', eventTypes: ['job.completed'] },
  );
});

test('forged deliveries wake nobody', async () => {
  await withWebhooks(
    async ({ api, start }) => {
      const { job, wait: waiter } = await lookedAt(api, (job) => start(job, RARELY));
      job.setStatus('COMPLETED');
      await api.deliver();
      expect(api.deliveries.map(({ forged, status }) => [forged, status])).toEqual([
        [true, 401],
        [true, 401],
      ]);
      expect((await waiter.describe()).status.name).toBe('RUNNING');
      expect(job.checks).toBe(1);
      await waiter.signal(checkNow);
      expect((await waiter.result()).wait.hints).toBe(1);
    },
    { forged: 'always', lost: 'always' },
  );
});

test('where a delivery is lost, the wait has its own look', async () => {
  await withWebhooks(
    async ({ api, start }) => {
      const job = api.addJob({ timeline: [['IN_PROGRESS', '1s'], ['COMPLETED']] });
      const { wait } = await (await start(job, { safetyGap: '2 seconds' })).result();
      expect(wait.hints).toBe(0);
      expect(api.deliveries).toEqual([]);
    },
    { lost: 'always' },
  );
});

test('where Temporal fails, here as it knows no such namespace, the delivery comes again', async () => {
  await withWebhooks(
    async ({ api, env, receiveWith, startParent }) => {
      const client = new Client({ connection: env.connection, namespace: 'nowhere' });
      const errors: Error[] = [];
      const onError = (error: Error) => void errors.push(error);
      const { job, wait: parent } = await lookedAt(api, (job) => startParent(job, 'repeated'));
      receiveWith({ client, onError });
      job.setStatus('COMPLETED');
      await eventually(() => expect(api.deliveries.map(({ status }) => status)).toContain(503));
      receiveWith({});
      expect((await parent.result()).wait.hints).toBe(1);
      expect(errors).toHaveLength(1);
    },
    { retries: ['500ms', '1s', '2s'], eventTypes: ['job.completed'] },
  );
});

test('whoever reacts to any job hears of the ones that nobody awaits or awaited', async () => {
  await withWebhooks(
    async ({ api, unawaited, start }) => {
      const { job: awaited, wait: waiter } = await lookedAt(api, (job) => start(job, RARELY));
      awaited.setStatus('COMPLETED');
      await waiter.result();
      awaited.setStatus('STOPPED'); // what comes late finds no waiter any more
      const other = api.addJob();
      await api.deliver();
      expect(api.deliveries.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(unawaited.map(({ jobId }) => jobId)).toEqual([other.id]);
    },
    { eventTypes: ['job.completed', 'job.stopped'] },
  );
});

/** Runs a wait of hours that only the search attribute of its job leads to: it is found while it waits, and when it is over. */
function foundByAttribute(
  start: (setup: WebhookSetup) => Promise<{ result: () => Promise<AwaitJobResult | RunJobResult> }>,
) {
  return withWebhooks(
    async (setup) => {
      const { api, client, answers, receiveWith, unawaited } = setup;
      receiveWith({ searchAttributes: true });
      const wait = await start(setup);
      const found = async () => (await client.workflow.count(`UnstructuredJobId = '${api.jobs[0]?.id}'`)).count;
      await eventually(async () => expect(await found()).toBe(1));
      api.jobs[0]!.setStatus('COMPLETED');
      expect((await wait.result()).wait.hints).toBe(1);
      api.jobs[0]!.setStatus('STOPPED'); // what comes late finds no wait any more
      await api.deliver();
      expect(answers()).toEqual([
        { result: 'signalled', waiters: 1 },
        { result: 'unknown', waiters: 0 },
      ]);
      expect(unawaited).toEqual([]);
    },
    { eventTypes: ['job.completed', 'job.stopped'] },
  );
}

test('a run is found by the search attribute of its job, while it waits and when it is over', async () => {
  await foundByAttribute(({ api, client, queue }) => {
    const workflow = api.addWorkflow({ runs: { timeline: ['IN_PROGRESS'] } });
    const input = { key: `run-${queue}`, taskQueue: queue, start: { workflowId: workflow.id } };
    return startRunJob(client, { ...input, ...RARELY, minimumGap: '1 second', searchAttributes: true });
  });
});

test('a wait under an id of the caller is found by the search attribute, while it waits and when it is over', async () => {
  await foundByAttribute(({ api, client, queue }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    return client.workflow.start<(input: AwaitJobInput) => Promise<AwaitJobResult>>(AWAIT_JOB_COMPLETION, {
      workflowId: `invoice-7-${queue}`,
      taskQueue: queue,
      args: [{ jobId: job.id, ...RARELY, searchAttributes: true }],
    });
  });
});

test('a wait for the next job of a workflow stands for the job that it found, and for no other', async () => {
  await withWebhooks(
    async ({ api, answers, client, queue, unawaited }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const { workflowId } = job;
      const createdAfter = new Date(Date.now() - 60_000).toISOString();
      const wait = await startAwaitJob(client, { workflowId, createdAfter }, { taskQueue: queue, ...RARELY });
      const query = `WorkflowId = '${wait.workflowId}'`;
      const shown = async () => {
        for await (const { status, memo } of client.workflow.list({ query }))
          return [status.name, memo?.['unstructured.jobId']];
        return [];
      };
      await eventually(async () => expect(await shown()).toEqual(['RUNNING', job.id]));

      const other = api.addJob({ workflowId, timeline: ['COMPLETED'] });
      await api.deliver();
      expect(unawaited.map(({ jobId }) => jobId)).toEqual([other.id]);

      job.setStatus('COMPLETED');
      expect((await wait.result()).wait.hints).toBe(1);
      await eventually(async () => expect(await shown()).toEqual(['COMPLETED', job.id]));
      job.setStatus('STOPPED');
      await api.deliver();
      expect(answers()).toEqual([
        { result: 'unknown', waiters: 0 },
        { result: 'signalled', waiters: 1 },
        { result: 'unknown', waiters: 0 },
      ]);
      expect(unawaited).toHaveLength(1);
    },
    { eventTypes: ['job.completed', 'job.stopped'] },
  );
});
