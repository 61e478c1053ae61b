// A signal makes a sleeping wait check at once, and a query tells its progress before, during and after.
import { expect, test } from 'vitest';
import { checkNow, progress } from '../../src';
import { faults } from '../../src/testing';
import { Gate } from '../support/gate';
import { OFTEN, SELDOM, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withWorker } = useDevServer();

test.concurrent('a signal ends a sleep of hours, and the wait with it where the job is done', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, SELDOM);
    await eventually(async () =>
      expect(await handle.query(progress)).toMatchObject({ activity: 'sleeping', checks: 1 }),
    );

    job.setStatus('COMPLETED');
    await handle.signal(checkNow);
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 2, hints: 1 });
    expect(job.checks).toBe(2);
  });
});

test.concurrent('a query answers while the wait checks, sleeps, and after it has ended', async () => {
  await withWorker(async ({ api, start }) => {
    const asked = new Gate();
    const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[1, faults.until(asked.opened)]] });
    const handle = await start(job, { ...SELDOM, totalLimit: '2 days' });
    const seen = () => handle.query(progress);

    expect(await seen()).toMatchObject({ jobId: job.id, activity: 'checking', status: null, checks: 0 });
    asked.open();
    const asleep = await eventually(async () => {
      const now = await seen();
      expect(now.activity).toBe('sleeping');
      return now;
    });
    expect(asleep).toMatchObject({ status: 'IN_PROGRESS', checks: 1, failures: {}, hints: 0, outputNodeFilesTotal: 4 });
    const hours = (Date.parse(asleep.nextCheckAt!) - Date.parse(asleep.lastCheckAt!)) / 3_600_000;
    expect(hours).toBeGreaterThanOrEqual(6); // and up to a tenth more: the jitter is told by the job's id, which is another each time
    expect(hours).toBeLessThan(6.7);
    expect(Date.parse(asleep.limitAt!) - Date.parse(asleep.startedAt)).toBe(2 * 86_400_000);

    job.setStatus('COMPLETED');
    await handle.signal(checkNow, {});
    await handle.result();
    expect(await seen()).toMatchObject({
      activity: 'ended',
      status: 'COMPLETED',
      nextCheckAt: null,
      checks: 2,
      hints: 1,
    });
  });
});

test.concurrent('a signal gives a wait with a gap of hours back to the schedule', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 3 }], ['COMPLETED']] });
    const handle = await start(job, { ...OFTEN, safetyGap: '6 hours' });
    await eventually(async () =>
      expect(await handle.query(progress)).toMatchObject({ activity: 'sleeping', checks: 1 }),
    );

    await handle.signal(checkNow, { safetyGap: null });
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 4, hints: 1 });
  });
});
