import { randomUUID } from 'node:crypto';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import {
  type AwaitJobHandle,
  type AwaitJobOptions,
  type AwaitJobResult,
  startAwaitJob,
  type StartAwaitJobOptions,
  type UnstructuredClientOptions,
  UnstructuredPlugin,
} from '../../src';
import type { StorageOptions } from '../../src/storage/options';
import { createTestEnvironment, type FakeJob, FakeUnstructured, type FakeUnstructuredOptions } from '../../src/testing';
import { cancellationArrived } from './at-rest';
import { testBundle } from './bundle';
import { collectLogs } from './logs';
import { KEY } from './secrets';
import { StartedRuns } from './started-runs';
import { handServerOn, serverOptions, stopServer } from './time-skipping-server';
import { whatIsUnderWay } from './under-way';

export const QUEUE = 'documents';

/** For tests in which the schedule is not the point: each check costs real time. */
export const RARELY: AwaitJobOptions = { minimumGap: '10 minutes', gapJitter: 0 };

export interface Setup {
  env: TestWorkflowEnvironment;
  api: FakeUnstructured;
  /** Starts a wait as a client does. */
  start: (job: Pick<FakeJob, 'id'>, options?: Partial<StartAwaitJobOptions>) => Promise<AwaitJobHandle>;
  /** Starts a wait and returns its result. */
  waitFor: (job: Pick<FakeJob, 'id'>, options?: Partial<StartAwaitJobOptions>) => Promise<AwaitJobResult>;
}

export interface RunOptions {
  fake?: FakeUnstructuredOptions;
  plugin?: Partial<UnstructuredClientOptions> & StorageOptions;
  worker?: Partial<WorkerOptions>;
}

/**
 * A time-skipping environment for a test file. Its clock is one, so the tests of a file run one after another. At the end, the history of
 * every workflow that they started is replayed and, with all logs, searched for the API key: there is one at least where the API was asked.
 * A test that fails tells what its workflows waited for, and leaves none of them, nor its grip on the clock, to the next.
 * @param install Sets up the SDK's runtime, before anything else of Temporal starts
 */
export function useTimeSkipping(install: () => void = collectLogs) {
  let last: RunningWorker | undefined;
  let server: Promise<Server> | undefined;
  const running = () =>
    (server ??= startServer(install).catch((error: unknown) => {
      server = undefined;
      throw error;
    }));
  beforeAll(running);
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || !server) return;
    const { env, started } = await server;
    const underWay = await whatIsUnderWay(env, started.runs);
    await stop(last).catch(() => undefined); // the next one has a server of its own
    last = server = undefined;
    stopServer();
    await env.teardown();
    if (underWay) throw new Error(underWay);
  });
  afterAll(async () => {
    if (!server) return;
    const { env, started } = await server;
    await stop(last);
    try {
      await started.check(env.client);
    } finally {
      await handServerOn(env).finally(() => env.teardown());
    }
  });

  /** Runs `fn` with a fake API of its own on the environment's clock, and a worker with the plugin. */
  return async function withWorker<T>(fn: (setup: Setup) => Promise<T>, options: RunOptions = {}): Promise<T> {
    const { env, started } = await running();
    await stop(last);
    await using api = await FakeUnstructured.start({ now: () => env.currentTimeMs(), apiKey: KEY, ...options.fake });
    const worker = await Worker.create({
      ...onServer(env),
      taskQueue: QUEUE,
      workflowBundle: testBundle(),
      debugMode: true, // workflows on this thread: each worker's own would load the SDK again
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, ...options.plugin })],
      ...options.worker,
    });
    const start: Setup['start'] = (job, wait) => startAwaitJob(env.client, job.id, { taskQueue: QUEUE, ...wait });
    const waitFor: Setup['waitFor'] = async (job, wait) => (await start(job, wait)).result();
    const run = worker.runUntil(fn({ env, api, start, waitFor }));
    last = { worker, run };
    try {
      return await run;
    } finally {
      started.noteRequests(api);
    }
  };
}

/** For a worker on the server of this file. */
export function onServer({ nativeConnection: connection, client }: TestWorkflowEnvironment) {
  return { connection, namespace: client.options.namespace };
}

interface Server {
  env: TestWorkflowEnvironment;
  started: StartedRuns;
}

async function startServer(install: () => void): Promise<Server> {
  const started = new StartedRuns();
  const cancelling: WorkflowClientInterceptor = {
    cancel: async (input, next) => {
      const answer = await next(input);
      await cancellationArrived(env.client, input.workflowExecution.workflowId);
      return answer;
    },
  };
  const workflow = [...started.interceptors.workflow, cancelling];
  const client = { namespace: randomUUID(), interceptors: { workflow } };
  const create = async () => {
    install();
    return createTestEnvironment({ server: await serverOptions(), client });
  };
  // The SDK gives the server 5 seconds to start, and a busy machine may need more.
  const env = await create().catch(create).catch(create);
  return { env, started };
}

interface RunningWorker {
  worker: Worker;
  run: Promise<unknown>;
}

/** Stops a worker that a test has left running when its time was over: the next test's could not be created. */
async function stop(last: RunningWorker | undefined): Promise<void> {
  if (!last) return;
  const { worker, run } = last;
  if (worker.getState() === 'RUNNING') worker.shutdown();
  let isOver = false;
  void run.catch(() => undefined).then(() => (isOver = true)); // only then it lets go of its connection
  await vi.waitFor(() => expect(isOver, `the worker is ${worker.getState()}`).toBe(true), { timeout: 20_000 });
}
