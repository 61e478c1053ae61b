import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeUnstructured } from '../../../../src/testing';
import { ManualClock, statuses } from '../client';

let clock: ManualClock;
let api: FakeUnstructured;
beforeEach(async () => {
  clock = new ManualClock();
  api = await FakeUnstructured.start({ now: () => clock.at });
});
afterEach(() => api.close());

const MINUTE = 60_000;

describe('a timeline', () => {
  it('moves with the clock, to the millisecond', async () => {
    const job = api.addJob({ timeline: [['SCHEDULED', '30m'], ['IN_PROGRESS', '90m'], ['COMPLETED']] });
    const seen: string[] = [];
    for (const step of [0, 30 * MINUTE - 1, 1, 90 * MINUTE - 1, 1, 1e12]) {
      clock.advance(step);
      seen.push(...(await statuses(api, job, 1)));
    }
    expect(seen).toEqual(['SCHEDULED', 'SCHEDULED', 'IN_PROGRESS', 'IN_PROGRESS', 'COMPLETED', 'COMPLETED']);
  });

  it('passes several steps between two checks', async () => {
    const job = api.addJob({ timeline: [['SCHEDULED', 10], ['IN_PROGRESS', 10], ['PAUSED', 10], ['FAILED']] });
    clock.advance(29);
    expect(await statuses(api, job, 1)).toEqual(['PAUSED']);
  });

  it('moves by the number of checks', async () => {
    const job = api.addJob({ timeline: [['SCHEDULED', { checks: 2 }], ['IN_PROGRESS', { checks: 1 }], 'STOPPED'] });
    expect(await statuses(api, job, 5)).toEqual(['SCHEDULED', 'SCHEDULED', 'IN_PROGRESS', 'STOPPED', 'STOPPED']);
  });

  it('mixes checks and times: a time begins when the checks before it are over', async () => {
    const job = api.addJob({ timeline: [['SCHEDULED', { checks: 1 }], ['IN_PROGRESS', '1m'], ['COMPLETED']] });
    clock.advance(10 * MINUTE);
    expect(await statuses(api, job, 2)).toEqual(['SCHEDULED', 'IN_PROGRESS']);
    clock.advance(MINUTE);
    expect(await statuses(api, job, 1)).toEqual(['COMPLETED']);
  });

  it('reads a clock that returns a promise, also at addJob', async () => {
    await using slow = await FakeUnstructured.start({ now: () => Promise.resolve(clock.at) });
    const job = slow.addJob({ timeline: [['SCHEDULED', '1m'], ['COMPLETED']] });
    clock.advance(MINUTE - 1);
    expect(await job.status()).toBe('SCHEDULED');
    clock.advance(1);
    expect(await statuses(slow, job, 1)).toEqual(['COMPLETED']);
  });

  it.each([
    ['addJob', 'COMPLETED'],
    ['firstCheck', 'SCHEDULED'],
    ['createdAt', 'COMPLETED'],
  ] as const)('begins at %s', async (startsAt, status) => {
    const job = api.addJob({ startsAt, createdAt: clock.at, timeline: [['SCHEDULED', '1m'], ['COMPLETED']] });
    clock.advance(MINUTE);
    expect(await statuses(api, job, 1)).toEqual([status]);
    clock.advance(MINUTE);
    expect(await statuses(api, job, 1)).toEqual(['COMPLETED']);
  });

  it('that begins at createdAt may have begun long ago', async () => {
    const job = api.addJob({
      startsAt: 'createdAt',
      createdAt: '2026-01-02T02:00:00',
      timeline: [['SCHEDULED', '1h'], ['IN_PROGRESS', '1h'], ['COMPLETED']],
    });
    expect(await job.status()).toBe('IN_PROGRESS');
  });

  it('gives way to a status that a test sets', async () => {
    const job = api.addJob({ timeline: [['SCHEDULED', '1h'], ['COMPLETED']] });
    job.setStatus('SOMETHING_NEW');
    expect(await statuses(api, job, 1)).toEqual(['SOMETHING_NEW']);
  });

  it('is completed at once where none is given', async () => {
    expect(await statuses(api, api.addJob(), 1)).toEqual(['COMPLETED']);
  });

  it('is not moved by listing', async () => {
    const job = api.addJob({ timeline: [['SCHEDULED', { checks: 1 }], ['COMPLETED']] });
    const headers = { 'unstructured-api-key': api.apiKey };
    for (let i = 0; i < 3; i++) await fetch(`${api.url}/api/v1/jobs/`, { headers });
    expect(await statuses(api, job, 2)).toEqual(['SCHEDULED', 'COMPLETED']);
  });
});
