// A lease of a minute: what its renewal tells and hears, and what heals where it is not renewed. Minutes: by `npm run sweep:watches` alone.
import { describe, it, vi } from 'vitest';
import { checkNow, progress } from '../../../src';
import { GET_JOB, WATCH_JOB } from '../../../src/core/names';
import { eventsOf } from '../../support/histories';
import { useDevServer } from '../support/dev-server';
import { attributesOf } from '../support/events';
import { eventually } from '../support/eventually';
import { held, QUICK, scheduledOf, WATCH, watchOf, watchStartsOf } from '../support/watching';

const { withApi, withWorker } = useDevServer({ watch: WATCH });

/** As `eventually`, for what comes with a renewal or the end of a lease. */
const inTime = <T>(check: () => Promise<T> | T): Promise<T> => vi.waitFor(check, { timeout: 180_000, interval: 500 });

const inSweep = process.env['WATCHES'] === 'all' ? describe.concurrent : describe.skip;

inSweep('a lease', { timeout: 240_000 }, () => {
  it('is renewed, and that tells what the last round saw', async ({ expect }) => {
    await withWorker(async ({ api, start }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const handle = await start(job, QUICK);
      await held(handle);
      expect(await watchOf(handle)).toMatchObject({ details: undefined });
      const { details } = await inTime(async () => {
        const watch = await watchOf(handle);
        expect(watch?.details).toBeDefined();
        return watch!;
      });
      expect(details).toMatch(/^\d{4}-\d{2}-\d{2}T\S+Z IN_PROGRESS, asked$/);
      job.setStatus('COMPLETED');
      await handle.result();
      expect(watchStartsOf(await eventsOf(handle))).toMatchObject([{ attempt: 1 }]);
    });
  });

  it('of a watch that a hint ended is not renewed: the worker says so, and the wait stays as it is', async ({
    expect,
  }) => {
    await withWorker(async ({ api, start }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const handle = await start(job, QUICK);
      await held(handle);
      await handle.signal(checkNow);
      await eventually(async () => expect(await held(handle)).toMatchObject({ checks: 2 }));
      const [ended] = scheduledOf(await eventsOf(handle), WATCH_JOB);
      await inTime(async () => {
        const [cancelled] = attributesOf(await eventsOf(handle), 'activityTaskCanceledEventAttributes');
        expect(String(cancelled?.scheduledEventId)).toBe(ended);
      });
      expect(await held(handle)).toMatchObject({ checks: 2 });
      job.setStatus('COMPLETED');
      expect((await handle.result()).wait).toMatchObject({ checks: 3, hints: 1, failures: {} });
      const events = await eventsOf(handle);
      expect([GET_JOB, WATCH_JOB].map((name) => scheduledOf(events, name).length)).toEqual([2, 2]);
      expect(attributesOf(events, 'workflowTaskFailedEventAttributes')).toEqual([]);
    });
  });

  it.for(['cancel', 'terminate'] as const)(
    'of a wait that ended by a %s is not renewed: the job is asked for no more',
    async (act, { expect }) => {
      await withWorker(async ({ api, start }) => {
        const [job, other] = [api.addJob({ timeline: ['IN_PROGRESS'] }), api.addJob({ timeline: ['IN_PROGRESS'] })];
        const handle = await start(job, QUICK);
        const going = await start(other, QUICK);
        await Promise.all([held(handle), held(going)]);
        await handle[act]();
        await inTime(() =>
          expect(api.requests.slice(-4).map(({ jobId }) => jobId)).toEqual(Array.from({ length: 4 }, () => other.id)),
        );
        other.setStatus('COMPLETED');
        expect((await going.result()).wait).toMatchObject({ checks: 2, failures: {} });
      });
    },
  );

  it('that no worker takes over is shown, and the wait goes on with the first that comes', async ({ expect }) => {
    await withApi(async ({ api, queue, startWorker, start }) => {
      const activityTaskQueue = `${queue}-activities`;
      const activities = { taskQueue: activityTaskQueue, workflowBundle: undefined };
      await startWorker();
      const first = await startWorker(activities);
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const handle = await start(job, { ...QUICK, activityTaskQueue });
      await held(handle);
      await first.stop();
      const unserved = { taskQueue: activityTaskQueue };
      await inTime(async () => expect(await handle.query(progress)).toMatchObject({ checks: 1, unserved }));
      job.setStatus('COMPLETED');
      await startWorker(activities);
      expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
      expect(await handle.query(progress)).toMatchObject({ unserved: null });
      expect(attributesOf(await eventsOf(handle), 'activityTaskTimedOutEventAttributes')).toHaveLength(1);
    });
  });
});
