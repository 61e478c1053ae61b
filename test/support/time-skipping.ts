import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll, expect, vi } from 'vitest';
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
import { testBundle } from './bundle';
import { collectLogs } from './logs';
import { KEY } from './secrets';
import { StartedRuns } from './started-runs';

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
 * @param install Sets up the SDK's runtime, before anything else of Temporal starts
 */
export function useTimeSkipping(install: () => void = collectLogs) {
  let env: TestWorkflowEnvironment;
  let last: Worker | undefined;
  const started = new StartedRuns();
  beforeAll(async () => {
    const create = () => {
      install();
      return createTestEnvironment({ client: { interceptors: started.interceptors } });
    };
    // The SDK gives the server 5 seconds to start, and a busy machine may need more.
    env = await create().catch(create).catch(create);
  });
  afterAll(async () => {
    await stop(last);
    try {
      await started.check(env.client);
    } finally {
      await env.teardown();
    }
  });

  /** Runs `fn` with a fake API of its own on the environment's clock, and a worker with the plugin. */
  return async function withWorker<T>(fn: (setup: Setup) => Promise<T>, options: RunOptions = {}): Promise<T> {
    await stop(last);
    await using api = await FakeUnstructured.start({ now: () => env.currentTimeMs(), apiKey: KEY, ...options.fake });
    const worker = (last = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: QUEUE,
      workflowBundle: testBundle(),
      debugMode: true, // workflows on this thread: each worker's own would load the SDK again
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, ...options.plugin })],
      ...options.worker,
    }));
    const start: Setup['start'] = (job, wait) => startAwaitJob(env.client, job.id, { taskQueue: QUEUE, ...wait });
    const waitFor: Setup['waitFor'] = async (job, wait) => (await start(job, wait)).result();
    try {
      return await worker.runUntil(fn({ env, api, start, waitFor }));
    } finally {
      started.noteRequests(api);
    }
  };
}

/** Stops a worker that a test has left running when its time was over: the next test's could not be created. */
async function stop(worker: Worker | undefined): Promise<void> {
  if (worker?.getState() === 'RUNNING') worker.shutdown();
  if (worker) await vi.waitFor(() => expect(worker.getState()).toBe('STOPPED'), { timeout: 20_000 });
}
