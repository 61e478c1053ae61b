// A Temporal server that is killed in mid-wait and started again on its database costs nothing but time.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, onTestFinished, test } from 'vitest';
import { progress, startAwaitJob, UnstructuredPlugin } from '../../src';
import { faults, FakeUnstructured } from '../../src/testing';
import { findTestServer } from '../../src/testing/find-server';
import { testBundle } from '../support/bundle';
import { Gate } from '../support/gate';
import { collectLogs } from '../support/logs';
import { KEY } from '../support/secrets';
import { StartedRuns } from '../support/started-runs';
import { temporaryFolder } from '../testing/temporary-folder';
import { eventually } from './support/eventually';
import { RunningWorker } from './support/running-worker';
import { ServerProcess } from './support/server-process';

collectLogs();

const isProcess = findTestServer('dev').executable !== undefined;
if (!isProcess) console.warn("A killed server is not tested: the SDK's own download cannot be started as a process");

test.skipIf(!isProcess)('killed while one wait sleeps and another checks', async () => {
  const server = await ServerProcess.start(join(await temporaryFolder(), 'temporal.db'));
  await using api = await FakeUnstructured.start({ apiKey: KEY });
  const { address } = server;
  const taskQueue = randomUUID();
  const connection = await NativeConnection.connect({ address });
  const started = new StartedRuns();
  const client = new Client({
    connection: await Connection.connect({ address }),
    interceptors: started.interceptors,
  });
  const worker = new RunningWorker(
    await Worker.create({
      connection,
      taskQueue,
      workflowBundle: testBundle(),
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, watch: false })],
      stickyQueueScheduleToStartTimeout: '1 second',
    }),
  );
  onTestFinished(() => worker.stop());

  const killed = new Gate();
  const asleep = api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] });
  const checking = api.addJob({ timeline: ['COMPLETED'], faults: [[1, faults.until(killed.opened)]] });
  const waits = await Promise.all(
    [asleep, checking].map(({ id }) => startAwaitJob(client, id, { taskQueue, minimumGap: '10 seconds' })),
  );
  await eventually(async () =>
    expect(await waits[0]!.query(progress)).toMatchObject({ activity: 'sleeping', checks: 1 }),
  );
  await eventually(() => expect(checking.checks).toBe(1));
  await server.kill();
  await expect(client.workflowService.getSystemInfo({})).rejects.toThrow();
  expect(asleep.checks).toBe(1);
  killed.open();
  await server.run();

  const [slept, checked] = [await waits[0]!.result(), await waits[1]!.result()];
  expect(slept).toMatchObject({ job: { status: 'COMPLETED' }, wait: { checks: 2, failures: {} } });
  expect(asleep.checks).toBe(2);
  expect(checked).toMatchObject({ job: { status: 'COMPLETED' }, wait: { checks: 1, failures: {} } });

  await worker.stop();
  started.noteRequests(api);
  await started.check(client);
});
