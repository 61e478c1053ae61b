// A Temporal server that is killed in mid-wait and started again on its database costs nothing but time.
import { expect } from 'vitest';
import { progress, startAwaitJob } from '../../src';
import { faults } from '../../src/testing';
import { Gate } from '../support/gate';
import { eventually } from './support/eventually';
import { testOfKilledServer, withKillableServer } from './support/killable-server';

testOfKilledServer('killed while one wait sleeps and another checks', async () => {
  await withKillableServer(false, async ({ server, api, client, taskQueue }) => {
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
  });
});
