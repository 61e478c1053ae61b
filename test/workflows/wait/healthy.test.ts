// A healthy wait is quiet: no warning, no failure, however many checks it takes.
import { expect, test } from 'vitest';
import { eventsOf, timersOf } from '../../support/histories';
import { collectLogs, logMark, warningsSince } from '../../support/logs';
import { useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping(() => collectLogs('WARN'));

/** What the SDK says to every worker on the time-skipping server. */
const OLD_SERVER = 'activity_failure_include_heartbeat';

test('a wait of many checks logs no warning and counts no failure', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const mark = logMark();
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 20 }], ['COMPLETED']] });
    const { wait } = await waitFor(job);

    expect(wait).toMatchObject({ checks: 21, failures: {}, unknownStatuses: {} });
    expect(job.checks).toBe(21);
    expect(warningsSince(mark).filter((message) => !message.includes(OLD_SERVER))).toEqual([]);
  });
});

test('the default schedule checks every 10 seconds at first and every minute at last, lengthened by up to a tenth', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', '30m'], ['COMPLETED']] });
    const handle = await start(job);
    await handle.result();
    const gaps = timersOf(await eventsOf(handle));

    expect(gaps).toHaveLength(job.checks - 1);
    const [early, late] = [gaps.slice(0, 8), gaps.slice(-8)];
    expect([Math.min(...gaps) >= 10_000, Math.max(...gaps) <= 66_000]).toEqual([true, true]);
    for (const gap of early) expect([gap >= 10_000, gap <= 11_000]).toEqual([true, true]);
    for (const gap of late) expect([gap >= 60_000, gap <= 66_000]).toEqual([true, true]);
    expect(new Set(late).size).toBeGreaterThan(4);
  });
});

test('waits that begin together do not stay in step', async () => {
  await withWorker(async ({ api, start }) => {
    const jobs = Array.from({ length: 4 }, () =>
      api.addJob({ timeline: [['IN_PROGRESS', { checks: 5 }], ['COMPLETED']] }),
    );
    const handles = [];
    for (const job of jobs) handles.push(await start(job));
    const gaps = [];
    for (const handle of handles) {
      await handle.result();
      gaps.push(timersOf(await eventsOf(handle)));
    }
    expect(new Set(gaps.flat()).size).toBe(4 * 5);
  });
});
