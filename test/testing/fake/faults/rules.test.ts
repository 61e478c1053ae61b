import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeUnstructured, faults, type FaultRule } from '../../../../src/testing';
import { check, ManualClock } from '../client';

let clock: ManualClock;
let api: FakeUnstructured;
beforeEach(async () => {
  clock = new ManualClock();
  api = await FakeUnstructured.start({ now: () => clock.at });
});
afterEach(() => api.close());

describe('a rule picks', () => {
  const answersOf = async (rules: FaultRule[], count: number, stepMs = 0) => {
    const timeline: [string, { checks: number }] = ['SCHEDULED', { checks: 3 }];
    const job = api.addJob({ faults: rules, timeline: [timeline, ['COMPLETED']] });
    const seen: number[] = [];
    for (let i = 0; i < count; i++) {
      seen.push((await check(api, job)).status);
      clock.advance(stepMs);
    }
    return seen;
  };
  const fault = faults.status(503);

  it.each<[string, FaultRule, number[]]>([
    ['one request', [2, fault], [200, 503, 200, 200]],
    ['all', ['always', fault], [503, 503, 503, 503]],
    ['none', ['never', fault], [200, 200, 200, 200]],
    ['the first ones', [{ first: 2 }, fault], [503, 503, 200, 200]],
    ['a span', [{ from: 2, to: 3 }, fault], [200, 503, 503, 200]],
    ['each n-th', [{ every: 2 }, fault], [200, 503, 200, 503]],
    ['some of those', [{ every: 2, times: 1 }, fault], [200, 503, 200, 200]],
    ['a status', [{ status: 'COMPLETED' }, fault], [200, 200, 200, 503]],
    ['one of several statuses', [{ status: ['SCHEDULED', 'X'] }, fault], [503, 503, 503, 200]],
    ['a window of time', [{ after: '1m', until: '3m' }, fault], [200, 503, 503, 200]],
    ['by a predicate', [({ index, jobStatus }) => index > 1 && jobStatus === 'SCHEDULED', fault], [200, 503, 503, 200]],
    ['other operations, so not this one', [{ operation: 'listJobs' }, fault], [200, 200, 200, 200]],
  ])('%s', async (_what, rule, expected) => {
    expect(await answersOf([rule], 4, 60_000)).toEqual(expected);
  });

  it('together with others, of which the later one has the last word', async () => {
    expect(
      await answersOf(
        [
          [{ first: 3 }, faults.status(503)],
          [2, faults.status(429)],
        ],
        4,
      ),
    ).toEqual([503, 429, 503, 200]);
  });

  it('requests from the moment it was added', async () => {
    const job = api.addJob();
    await check(api, job);
    job.addFaults([[1, fault]]);
    expect([(await check(api, job)).status, (await check(api, job)).status]).toEqual([503, 200]);
  });

  it('requests of the whole API by the time since its start, and since its last reset', async () => {
    const window: FaultRule[] = [[{ after: '1m', until: '2m' }, fault]];
    await using timed = await FakeUnstructured.start({ now: () => clock.at, faults: window });
    const seen = [(await check(timed, timed.addJob())).status];
    clock.advance(60_000);
    seen.push((await check(timed, timed.addJob())).status);
    await timed.reset();
    seen.push((await check(timed, timed.addJob())).status);
    clock.advance(60_000);
    seen.push((await check(timed, timed.addJob())).status);
    expect(seen).toEqual([200, 503, 200, 503]);
  });

  it('requests of the whole API, before the key is looked at', async () => {
    api.addFaults([
      [{ first: 2 }, faults.html()],
      [4, faults.status(500)],
    ]);
    const [a, b] = [api.addJob({ faults: [[2, faults.status(403)]] }), api.addJob()];
    const seen = [
      (await check(api, a)).status,
      (await check(api, a, { headers: { 'unstructured-api-key': 'wrong' } })).status,
      (await check(api, b)).status,
      (await check(api, a)).status,
      (await check(api, a)).status,
    ];
    expect(seen).toEqual([502, 502, 200, 500, 200]);
  });
});
