// A hint makes the wait look at once, and is never taken for truth.
import { expect, test, vi } from 'vitest';
import { checkNow, progress, type AwaitJobHandle } from '../../../src';
import { faults } from '../../../src/testing';
import { Gate } from '../../support/gate';
import { eventsOf, timersOf } from '../../support/histories';
import { logMark, logsSince } from '../../support/logs';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const HOUR = 3_600_000;

/** Until the first check is over. The clock does not skip here, so the wait stays asleep. */
async function asleep(handle: AwaitJobHandle): Promise<void> {
  const look = async () => expect(await handle.query(progress)).toMatchObject({ activity: 'sleeping', checks: 1 });
  await vi.waitFor(look, { timeout: 30_000, interval: 100 });
}

test('a hint ends a long sleep early', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, { safetyGap: '20 hours' });
    await asleep(handle);
    job.setStatus('COMPLETED');
    await handle.signal(checkNow);
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 2, hints: 1 });
    expect(wait.noticedWithinMs).toBeLessThan(HOUR);
  });
});

test('each of two hints ends a sleep of its own', async () => {
  await withWorker(async ({ api, env, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, { safetyGap: '20 hours' });
    await asleep(handle);
    await handle.signal(checkNow);
    await env.sleep('1 minute'); // the next check comes soon, and again none for hours
    expect(await handle.query(progress)).toMatchObject({ activity: 'sleeping', checks: 3 });
    job.setStatus('COMPLETED');
    await handle.signal(checkNow);
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 4, hints: 2 });
    expect(wait.noticedWithinMs).toBeLessThan(HOUR);
  });
});

test('a hint that comes too early changes nothing but one check, and the next gap is the minimum', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 3 }], ['COMPLETED']] });
    const handle = await start(job, { safetyGap: '20 hours' });
    await asleep(handle);
    await handle.signal(checkNow);
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 4, hints: 1 });

    const [soon, last] = timersOf(await eventsOf(handle)).slice(-2);
    expect(soon).toBe(10_000);
    expect(last).toBeGreaterThanOrEqual(20 * HOUR);
  });
});

test('hints during a check cause exactly one more', async () => {
  await withWorker(async ({ api, start }) => {
    const hinted = new Gate();
    const job = api.addJob({
      timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']],
      faults: [[1, faults.until(hinted.opened)]],
    });
    const handle = await start(job, RARELY);
    await vi.waitFor(() => expect(job.checks).toBe(1), { timeout: 30_000 });
    await handle.signal(checkNow);
    await handle.signal(checkNow);
    hinted.open();
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 3, hints: 2 });

    // The checks that hints ask for are a second apart at least.
    expect(timersOf(await eventsOf(handle)).filter((ms) => ms > 1_000)).toEqual([600_000]);
  });
});

test('a hint may set the gap of the checks to come, and take it back', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 5 }], ['COMPLETED']] });
    const handle = await start(job, { gapJitter: 0 });
    await asleep(handle);
    await handle.signal(checkNow, { safetyGap: '2 hours' });
    await handle.result();
    const at = job.requests.filter(({ operation }) => operation === 'getJob').map((request) => request.at);
    expect(at.slice(3).map((time, index) => Math.round((time - at[index + 2]!) / HOUR))).toEqual([2, 2, 2]);

    const other = api.addJob({ timeline: [['IN_PROGRESS', { checks: 3 }], ['COMPLETED']] });
    const relaxed = await start(other, { safetyGap: '2 hours' });
    await asleep(relaxed);
    await relaxed.signal(checkNow, { safetyGap: null });
    await relaxed.result();
    expect(other.requests.at(-1)!.at - other.requests[0]!.at).toBeLessThan(60_000);
  });
});

test('a hint that says something wrong still is a hint, with a warning', async () => {
  await withWorker(async ({ api, start }) => {
    const mark = logMark();
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    const handle = await start(job, { safetyGap: '20 hours' });
    await asleep(handle);
    const wrongGaps = ['soon', 5, '2 days', { hours: 1 }].map((safetyGap) => ({ safetyGap }));
    for (const hint of [...wrongGaps, 'now', null, 7, []]) await handle.signal(checkNow, hint as never);
    const { wait } = await handle.result();

    expect(wait.hints).toBe(8);
    const ignored = logsSince(mark).filter(({ message }) => message.includes('safetyGap must be a duration'));
    expect(ignored).toHaveLength(4);
  });
});
