import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeUnstructured, faults } from '../../../../src/testing';
import { check, ManualClock } from '../client';

let clock: ManualClock;
let api: FakeUnstructured;
beforeEach(async () => {
  clock = new ManualClock();
  api = await FakeUnstructured.start({ now: () => clock.at });
});
afterEach(() => api.close());

describe('the log', () => {
  it('tells what was asked, when, and what came of it', async () => {
    const job = api.addJob({ timeline: [['SCHEDULED', '1m'], ['COMPLETED']], faults: [[2, faults.status(503)]] });
    await check(api, job);
    clock.advance(60_000);
    await check(api, job);
    await fetch(`${api.url}/api/v1/jobs/?status=FAILED`, { headers: { 'unstructured-api-key': api.apiKey } });
    const [first, second, list] = api.requests;
    const path = `/api/v1/jobs/${job.id}`;
    const at = clock.at - 60_000;
    const common = { method: 'GET', path, query: {}, operation: 'getJob', jobId: job.id };
    expect(first).toMatchObject({ ...common, index: 1, check: 1, at, jobStatus: 'SCHEDULED', status: 200, faults: [] });
    expect(second).toMatchObject({
      ...common,
      index: 2,
      check: 2,
      at: clock.at,
      jobStatus: 'COMPLETED',
      status: 503,
      faults: ['status'],
    });
    expect(list).toMatchObject({ index: 3, operation: 'listJobs', query: { status: 'FAILED' }, status: 200 });
    expect(job.requests).toEqual([first, second]);
  });

  it('knows no status where no answer was sent', async () => {
    const job = api.addJob({ faults: [[1, faults.reset()]] });
    await check(api, job).catch(() => undefined);
    expect(job.requests).toMatchObject([{ status: null, faults: ['reset'] }]);
  });

  it("dates answers by the fake's clock", async () => {
    expect((await check(api, api.addJob())).headers.get('date')).toBe('Fri, 02 Jan 2026 03:04:05 GMT');
  });
});

describe('the clock', () => {
  it('that fails is told in the answer', async () => {
    let fails = false;
    await using broken = await FakeUnstructured.start({ now: () => (fails ? NaN : 0) });
    const job = broken.addJob();
    fails = true;
    expect(await check(broken, job)).toMatchObject({
      status: 500,
      json: { detail: 'The fake failed: now() must return a number of milliseconds; got NaN.' },
    });
  });
});

describe('close', () => {
  it('ends requests that hang, wait or drip at once', async () => {
    const hanging = [faults.hang(), faults.hang({ after: 'half' }), faults.delay('1h'), faults.drip({ every: '1h' })];
    const calls = hanging.map((fault) => check(api, api.addJob({ faults: [[1, fault]] })));
    const ends = Promise.allSettled(calls);
    while (api.requests.length < hanging.length) await new Promise((resolve) => setImmediate(resolve));
    await api.close();
    expect((await ends).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
  });

  it('leaves nothing behind that keeps a process alive', () => {
    const program = `
      const { FakeUnstructured, faults } = require('./src/testing');
      FakeUnstructured.start({ faults: [[1, faults.delay('1h')], [2, faults.drip({ every: '1h' })]] }).then(async (api) => {
        const { id } = api.addJob();
        const calls = [1, 2].map(() => fetch(api.url + '/api/v1/jobs/' + id).then((answer) => answer.text()));
        const ends = Promise.allSettled(calls);
        while (api.requests.length < 2) await new Promise(setImmediate);
        await api.close();
        console.log((await ends).map(({ status }) => status).join());
      });`;
    const run = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', program], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([run.status, run.stdout]).toEqual([0, 'rejected,rejected\n']);
  });

  it('may be called twice', async () => {
    await api.close();
    await expect(api.close()).resolves.toBeUndefined();
  });
});
