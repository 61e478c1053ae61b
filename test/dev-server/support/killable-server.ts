import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { onTestFinished, test } from 'vitest';
import { UnstructuredPlugin, type UnstructuredPluginOptions } from '../../../src';
import { FakeUnstructured } from '../../../src/testing';
import { findTestServer } from '../../../src/testing/find-server';
import { testBundle } from '../../support/bundle';
import { collectLogs } from '../../support/logs';
import { KEY } from '../../support/secrets';
import { StartedRuns } from '../../support/started-runs';
import { temporaryFolder } from '../../testing/temporary-folder';
import { RunningWorker } from './running-worker';
import { ServerProcess } from './server-process';

const isProcess = findTestServer('dev').executable !== undefined;
if (!isProcess) console.warn("A killed server is not tested: the SDK's own download cannot be started as a process");

/** A test of a server that is killed: where there is one that can be. */
export const testOfKilledServer = test.skipIf(!isProcess);

export interface KillableServer {
  server: ServerProcess;
  api: FakeUnstructured;
  client: Client;
  taskQueue: string;
}

/**
 * Runs `fn` with a server on a database of its own, a fake API and a worker. At the end, the history of every workflow that it started is
 * searched, with all logs, for the API key, and replayed.
 */
export async function withKillableServer(
  watch: UnstructuredPluginOptions['watch'],
  fn: (setup: KillableServer) => Promise<void>,
): Promise<void> {
  collectLogs();
  const server = await ServerProcess.start(join(await temporaryFolder(), 'temporal.db'));
  await using api = await FakeUnstructured.start({ apiKey: KEY });
  const { address } = server;
  const taskQueue = randomUUID();
  const connection = await NativeConnection.connect({ address });
  const started = new StartedRuns();
  const client = new Client({ connection: await Connection.connect({ address }), interceptors: started.interceptors });
  const worker = new RunningWorker(
    await Worker.create({
      connection,
      taskQueue,
      workflowBundle: testBundle(),
      debugMode: true, // as in dev-server.ts
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, watch })],
      stickyQueueScheduleToStartTimeout: '1 second',
    }),
  );
  onTestFinished(() => worker.stop());
  await fn({ server, api, client, taskQueue });
  await worker.stop();
  started.noteRequests(api);
  await started.check(client);
}
