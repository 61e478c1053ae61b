import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import { UnstructuredPlugin, type UnstructuredPluginOptions } from '../../src';
import { FakeUnstructured, type FakeUnstructuredOptions } from '../../src/testing';
import { createTestEnvironment } from '../../src/testing/environment';
import { testBundle } from './bundle';
import { collectLogs } from './logs';

export const QUEUE = 'documents';

export interface Setup {
  env: TestWorkflowEnvironment;
  api: FakeUnstructured;
}

export interface RunOptions {
  fake?: FakeUnstructuredOptions;
  plugin?: Partial<Extract<UnstructuredPluginOptions, { apiKey: unknown }>>;
  worker?: Partial<WorkerOptions>;
}

/** A time-skipping environment for a test file. Its clock is one, so the tests of a file run one after another. */
export function useTimeSkipping() {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    collectLogs();
    env = await createTestEnvironment();
  });
  afterAll(async () => {
    await env.teardown();
  });

  /** Runs `fn` with a fake API of its own on the environment's clock, and a worker with the plugin. */
  return async function withWorker<T>(fn: (setup: Setup) => Promise<T>, options: RunOptions = {}): Promise<T> {
    await using api = await FakeUnstructured.start({ now: () => env.currentTimeMs(), ...options.fake });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: QUEUE,
      workflowBundle: await testBundle(),
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, ...options.plugin })],
      ...options.worker,
    });
    return await worker.runUntil(fn({ env, api }));
  };
}
