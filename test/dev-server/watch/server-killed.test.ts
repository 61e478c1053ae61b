// A Temporal server that is killed while jobs are watched, and started again on its database, costs nothing but time.
import { expect } from 'vitest';
import { startAwaitJob } from '../../../src';
import { logsSince } from '../../support/logs';
import { eventually } from '../support/eventually';
import { testOfKilledServer, withKillableServer } from '../support/killable-server';
import { held, QUICK, receives, WATCH } from '../support/watching';

testOfKilledServer('what the worker sees while the server is away is told when it is back', async () => {
  await withKillableServer(WATCH, async ({ server, api, client, taskQueue }) => {
    const jobs = Array.from({ length: 5 }, () => api.addJob({ timeline: ['IN_PROGRESS'] }));
    const handles = await Promise.all(jobs.map(({ id }) => startAwaitJob(client, id, { taskQueue, ...QUICK })));
    await Promise.all(handles.map((handle) => held(handle)));
    // The server counts a watch as started before the worker has it.
    const taken = () => logsSince(0).filter(({ message }) => message === 'Activity will complete asynchronously');
    await eventually(() => expect(taken().length).toBeGreaterThanOrEqual(jobs.length));
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
  });
});
