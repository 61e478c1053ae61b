// A healthy wait is quiet: no warning, no failure, however many checks it takes.
import { expect, test } from 'vitest';
import { logMark, warningsSince } from '../support/logs';
import { useTimeSkipping } from '../support/time-skipping';

const withWorker = useTimeSkipping();

test('a wait of a hundred checks logs no warning and counts no failure', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const mark = logMark();
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 100 }], ['COMPLETED']] });
    const { wait } = await waitFor(job);

    expect(wait).toMatchObject({ checks: 101, failures: {}, unknownStatuses: {} });
    expect(job.checks).toBe(101);
    expect(warningsSince(mark)).toEqual([]);
  });
});

test('the default schedule checks every 10 seconds at first and every minute at last', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', '30m'], ['COMPLETED']] });
    await waitFor(job);
    const at = job.requests.filter(({ operation }) => operation === 'getJob').map((request) => request.at);
    const gaps = at.slice(1).map((time, index) => time - at[index]!);

    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
    expect(gaps[0]).toBeLessThan(12_000);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(60_000);
    expect(Math.max(...gaps)).toBeLessThan(62_000);
  });
});
