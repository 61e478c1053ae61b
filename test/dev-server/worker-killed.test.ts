// A worker that is killed in mid-wait costs nothing but time: the next one goes on where it stopped.
import { expect, test } from 'vitest';
import { progress } from '../../src';
import { faults } from '../../src/testing';
import { eventsOf } from '../support/histories';
import { OFTEN, useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();

test.concurrent('killed while the wait sleeps', async () => {
  await withApi(async (setup) => {
    const { api, start } = setup;
    await using first = new WorkerProcess();
    await using second = new WorkerProcess();
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] });
    const handle = await start(job, { minimumGap: '10 seconds' });
    await first.run(setup, 'first');
    await eventually(async () =>
      expect(await handle.query(progress)).toMatchObject({ activity: 'sleeping', checks: 1 }),
    );
    await first.kill();
    expect(job.checks).toBe(1);
    await second.run(setup, 'second');
    const { wait, outputNodeFiles } = await handle.result();

    expect(wait).toMatchObject({ checks: 2, failures: {} });
    expect(outputNodeFiles).toHaveLength(4);
    expect(job.checks).toBe(2);
    const checkedBy = attributesOf(await eventsOf(handle), 'activityTaskStartedEventAttributes').map((e) => e.identity);
    expect(checkedBy.slice(0, 2)).toEqual(['first', 'second']);
  });
});

test.concurrent('killed while a check waits for the answer', async () => {
  await withApi(async (setup) => {
    const { api, start } = setup;
    await using first = new WorkerProcess();
    await using second = new WorkerProcess();
    const job = api.addJob({ timeline: ['COMPLETED'], faults: [[1, faults.hang()]] });
    const handle = await start(job, OFTEN);
    await first.run(setup, 'first');
    await eventually(() => expect(job.checks).toBe(1));
    await first.kill();
    await second.run(setup, 'second');
    const { wait } = await handle.result();

    expect(wait).toMatchObject({ checks: 1, failures: {} });
    const [check] = attributesOf(await eventsOf(handle), 'activityTaskStartedEventAttributes');
    expect(check).toMatchObject({
      identity: 'second',
      attempt: 2,
      lastFailure: { message: 'activity Heartbeat timeout' },
    });
  });
});
