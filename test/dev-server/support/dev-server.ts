import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { LocalTestWorkflowEnvironmentOptions, TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import { startAwaitJob, UnstructuredPlugin, type AwaitJobHandle, type AwaitJobOptions } from '../../../src';
import type { StartAwaitJobOptions, UnstructuredPluginOptions } from '../../../src';
import {
  createDevEnvironment,
  FakeUnstructured,
  type FakeJob,
  type FakeUnstructuredOptions,
} from '../../../src/testing';
import { testBundle } from '../../support/bundle';
import { collectLogs } from '../../support/logs';
import { KEY } from '../../support/secrets';
import { createNamespace, type NamespaceOptions } from '../../support/shared-dev-server';
import { StartedRuns } from '../../support/started-runs';
import { RunningWorker } from './running-worker';

/** A check each second. */
export const OFTEN: AwaitJobOptions = { minimumGap: '1 second', maximumGap: '1 second' };
/** After the first check none for hours, unless something asks for one. */
export const SELDOM: AwaitJobOptions = { minimumGap: '6 hours' };

export interface Setup {
  env: TestWorkflowEnvironment;
  client: Client;
  api: FakeUnstructured;
  /** A task queue of this test's own. */
  queue: string;
  /** What workers are to watch. */
  watch: WatchOption;
  /** Another plugin for the test's API. */
  createPlugin: (watch?: WatchOption) => UnstructuredPlugin;
  /** Starts a worker with the plugin on the test's queue; it is stopped at the end of the test at the latest. */
  startWorker: (options?: Partial<WorkerOptions>) => Promise<RunningWorker>;
  /** Starts a wait as a client does. */
  start: (job: Pick<FakeJob, 'id'>, options?: Partial<StartAwaitJobOptions>) => Promise<AwaitJobHandle>;
}

type WatchOption = UnstructuredPluginOptions['watch'];

export interface FileOptions extends Pick<NamespaceOptions, 'hasSearchAttributes'> {
  /** Options of a server of the file's own. Default: the one that all files share. */
  server?: LocalTestWorkflowEnvironmentOptions['server'];
  /** How workers watch the jobs of waits. Default: not at all, so that checks follow the schedule. */
  watch?: WatchOption;
  /** Sets up the SDK's runtime, before anything else of Temporal starts. Default: `collectLogs`. */
  install?: () => void;
  /** What is done with the check of all that the tests left. Default: it must pass. */
  atEnd?: (check: () => Promise<void>) => Promise<void>;
}

/**
 * A namespace on a dev server for a test file, in real time. At the end, the history of every workflow that the tests started is searched, with
 * all logs, for the API key, and replayed.
 */
export function useDevServer({
  server,
  hasSearchAttributes,
  watch = false,
  install = collectLogs,
  atEnd = (check) => check(),
}: FileOptions = {}) {
  let env: TestWorkflowEnvironment;
  const started = new StartedRuns();
  beforeAll(async () => {
    install();
    const client = { interceptors: started.interceptors };
    env = await (server ? createDevEnvironment({ server, client }) : createNamespace({ client, hasSearchAttributes }));
  });
  afterAll(async () => {
    try {
      await atEnd(() => started.check(env.client));
    } finally {
      await env.teardown();
    }
  });

  /** Runs `fn` with a fake API and a task queue of its own; workers are its own business. */
  async function withApi<T>(fn: (setup: Setup) => Promise<T>, options: FakeUnstructuredOptions = {}): Promise<T> {
    const queue = randomUUID();
    // A seed of its own: jobs of two tests never share an id, nor a waiter.
    await using api = await FakeUnstructured.start({ seed: queue, apiKey: KEY, ...options });
    const createPlugin = (option = watch) =>
      new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, watch: option });
    const plugin = createPlugin();
    const workers: RunningWorker[] = [];
    const startWorker: Setup['startWorker'] = async (worker) => {
      const created = await Worker.create({
        connection: env.nativeConnection,
        namespace: env.client.options.namespace,
        taskQueue: queue,
        workflowBundle: testBundle(),
        debugMode: true, // workflows on this thread: each worker's own would load the SDK again
        plugins: [plugin],
        stickyQueueScheduleToStartTimeout: '1 second',
        ...worker,
      });
      const running = new RunningWorker(created);
      workers.push(running);
      return running;
    };
    const start: Setup['start'] = (job, wait) => startAwaitJob(env.client, job.id, { taskQueue: queue, ...wait });
    try {
      return await fn({ env, client: env.client, api, queue, watch, createPlugin, startWorker, start });
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
      started.noteRequests(api);
    }
  }

  /** The same, with a worker. */
  async function withWorker<T>(fn: (setup: Setup) => Promise<T>, options?: FakeUnstructuredOptions): Promise<T> {
    return withApi(async (setup) => {
      await setup.startWorker();
      return await fn(setup);
    }, options);
  }

  return { withApi, withWorker };
}
