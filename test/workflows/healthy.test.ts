// A healthy wait is quiet: no warning, no failure, however many checks it takes.
import { expect, test } from 'vitest';
import { eventsOf, timersOf } from '../support/histories';
import { collectLogs, logMark, warningsSince } from '../support/logs';
import { useTimeSkipping } from '../support/time-skipping';

const withWorker = useTimeSkipping(() => collectLogs('WARN'));

/** What the SDK says to every worker on the time-skipping server. */
const OLD_SERVER = 'activity_failure_include_heartbeat';

test('a wait of a hundred checks logs no warning and counts no failure', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const mark = logMark();
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 100 }], ['COMPLETED']] });
    const { wait } = await waitFor(job);

    expect(wait).toMatchObject({ checks: 101, failures: {}, unknownStatuses: {} });
    expect(job.checks).toBe(101);
    expect(warningsSince(mark).filter((message) => !message.includes(OLD_SERVER))).toEqual([]);
  });
});

test('the default schedule checks every 10 seconds at first and every minute at last', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', '30m'], ['COMPLETED']] });
    const handle = await start(job);
    await handle.result();
    const gaps = timersOf(await eventsOf(handle));

    expect(gaps).toHaveLength(job.checks - 1);
    expect([gaps[0], Math.min(...gaps)]).toEqual([10_000, 10_000]);
    expect([gaps.at(-1), Math.max(...gaps)]).toEqual([60_000, 60_000]);
  });
});
