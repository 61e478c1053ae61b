// A Temporal server that is killed while jobs are watched, and started again on its database, costs nothing but time.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, onTestFinished, test } from 'vitest';
import { startAwaitJob, UnstructuredPlugin } from '../../../src';
import { FakeUnstructured } from '../../../src/testing';
import { findTestServer } from '../../../src/testing/find-server';
import { testBundle } from '../../support/bundle';
import { collectLogs } from '../../support/logs';
import { KEY } from '../../support/secrets';
import { StartedRuns } from '../../support/started-runs';
import { temporaryFolder } from '../../testing/temporary-folder';
import { eventually } from '../support/eventually';
import { RunningWorker } from '../support/running-worker';
import { ServerProcess } from '../support/server-process';
import { held, QUICK, receives, WATCH } from '../support/watching';

collectLogs();

const isProcess = findTestServer('dev').executable !== undefined;
if (!isProcess) console.warn("A killed server is not tested: the SDK's own download cannot be started as a process");

test.skipIf(!isProcess)('what the worker sees while the server is away is told when it is back', async () => {
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
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, watch: WATCH })],
      stickyQueueScheduleToStartTimeout: '1 second',
    }),
  );
  onTestFinished(() => worker.stop());

  const jobs = Array.from({ length: 5 }, () => api.addJob({ timeline: ['IN_PROGRESS'] }));
  const handles = await Promise.all(jobs.map(({ id }) => startAwaitJob(client, id, { taskQueue, ...QUICK })));
  await Promise.all(handles.map((handle) => held(handle)));
  await server.kill();
  await expect(client.workflowService.getSystemInfo({})).rejects.toThrow();
  for (const job of jobs.slice(0, 3)) job.setStatus('COMPLETED');
  await eventually(() =>
    expect(
      api.requests.filter(({ operation, jobStatus }) => operation === 'getJob' && jobStatus === 'COMPLETED'),
    ).toHaveLength(3),
  );
  await receives(api, 'getJob', 2); // the others go on being watched
  await server.run();

  const results = await Promise.all(handles.slice(0, 3).map((handle) => handle.result()));
  expect(results.map(({ wait }) => wait)).toMatchObject(results.map(() => ({ checks: 2, failures: {} })));
  for (const job of jobs) job.setStatus('COMPLETED');
  for (const handle of handles) expect((await handle.result()).job.status).toBe('COMPLETED');

  await worker.stop();
  started.noteRequests(api);
  await started.check(client);
});
