// Of two worker processes one is killed while it watches: its leases end, the other one takes its watches over, and no result is lost.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventsOf } from '../../support/histories';
import { bundleWith } from '../../support/other-numbers';
import { temporaryFolder } from '../../testing/temporary-folder';
import { useDevServer } from '../support/dev-server';
import { held, QUICK, WATCH, watchOf, watchStartsOf } from '../support/watching';
import { WorkerProcess } from '../support/worker-process';

const { withApi } = useDevServer({ watch: WATCH });

/** A minute, if it were not for this test. */
const LEASE_MS = 6_000;

test('all results come, once the leases of the killed worker are over', async ({ onTestFinished }) => {
  await withApi(async (setup) => {
    const { api, start } = setup;
    const codePath = join(await temporaryFolder(onTestFinished), 'workflows.js');
    await writeFile(codePath, bundleWith({ leaseMs: LEASE_MS }).code);
    const onShortLeases = { ...setup, workflowBundle: { codePath } };
    await using first = new WorkerProcess();
    await using second = new WorkerProcess();
    await first.run(onShortLeases, 'first');
    const startWatched = async () => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const handle = await start(job, QUICK);
      await held(handle);
      return { job, handle };
    };
    const lost = await Promise.all([1, 2, 3].map(startWatched));
    await second.run(onShortLeases, 'second');
    const others = await Promise.all([1, 2, 3].map(startWatched));
    for (const { handle } of lost) expect(await watchOf(handle)).toMatchObject({ isStarted: true, worker: 'first' });
    await first.kill();
    for (const { job } of [...lost, ...others]) job.setStatus('COMPLETED');
    for (const { handle } of [...lost, ...others])
      expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
    // Neither a check by the schedule nor a handing back brought them: the lease was over.
    for (const { handle } of lost)
      expect(watchStartsOf(await eventsOf(handle))).toMatchObject([
        { identity: 'second', lastFailure: { message: 'activity Heartbeat timeout' } },
      ]);
  });
});
