// Errors of the API while jobs are watched: brief ones are nobody's news, others are shown by the waits, and none is lost.
import { expect, test } from 'vitest';
import { progress, type AwaitJobHandle } from '../../../src';
import { type FakeUnstructured, faults } from '../../../src/testing';
import { KEY } from '../../support/secrets';
import { useDevServer } from '../support/dev-server';
import { eventually } from '../support/eventually';
import { held, QUICK, WATCH } from '../support/watching';

const { withWorker } = useDevServer({ watch: WATCH });
const jobsOf = (api: FakeUnstructured, count: number) =>
  Array.from({ length: count }, () => api.addJob({ timeline: ['IN_PROGRESS'] }));

async function eventuallyFailing(handles: AwaitJobHandle[], type: string): Promise<void> {
  await eventually(async () => {
    const seen = await Promise.all(handles.map((handle) => handle.query(progress)));
    for (const now of seen) expect([now.lastError?.type, now.failing !== null]).toEqual([type, true]);
  });
}

/** All are watched again, after so many checks at least, and end right. */
async function expectWell(api: FakeUnstructured, handles: AwaitJobHandle[]): Promise<void> {
  await eventually(async () => {
    for (const handle of handles) expect(await held(handle)).toMatchObject({ failing: null });
  });
  for (const job of api.jobs) job.setStatus('COMPLETED');
  for (const handle of handles) expect((await handle.result()).job.status).toBe('COMPLETED');
}

test.concurrent('two rounds that fail are nothing to a wait', async () => {
  await withWorker(async ({ api, start }) => {
    const [job] = jobsOf(api, 1);
    const handle = await start(job!, QUICK);
    await held(handle);
    job!.addFaults([[{ first: 2 }, faults.status(503)]]);
    await eventually(() => expect(job!.requests.slice(-3).map(({ status }) => status)).toEqual([503, 503, 200]));
    job!.setStatus('COMPLETED');
    expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
  });
});

test.concurrent(
  'after a third, the wait counts a failed check, goes on by its schedule, and is watched again once the API is well',
  async () => {
    await withWorker(async ({ api, start }) => {
      const handles = await Promise.all(jobsOf(api, 6).map((job) => start(job, QUICK)));
      await Promise.all(handles.map((handle) => held(handle)));
      let isAway = true;
      api.addFaults([[{ test: () => isAway }, faults.status(503)]]);
      await eventuallyFailing(handles, 'UnstructuredServerError');
      isAway = false;
      await expectWell(api, handles);
      for (const handle of handles)
        expect(Object.keys((await handle.result()).wait.failures)).toEqual(['UnstructuredServerError']);
    });
  },
);

test.concurrent('a key that is refused for a while', async () => {
  await withWorker(async ({ api, start }) => {
    const handles = await Promise.all(jobsOf(api, 6).map((job) => start(job, QUICK)));
    await Promise.all(handles.map((handle) => held(handle)));
    api.rotateKey('another');
    await eventuallyFailing(handles, 'UnstructuredAuthenticationError');
    api.rotateKey(KEY);
    await expectWell(api, handles);
  });
});

test.concurrent(
  'the API asks for a pause: all jobs of the account are left alone, and no wait hears of it',
  async () => {
    await withWorker(async ({ api, start }) => {
      const handles = await Promise.all(jobsOf(api, 12).map((job) => start(job, QUICK)));
      await Promise.all(handles.map((handle) => held(handle)));
      let isBusy = true;
      api.addFaults([[{ test: () => isBusy }, faults.rateLimit({ retryAfter: 3 })]]);
      const rounds = await eventually(() => {
        const found = roundsOf(api.requests.filter(({ status }) => status === 429).map(({ at }) => at));
        expect(found.length).toBeGreaterThanOrEqual(3);
        return found;
      });
      isBusy = false;
      // No more calls than are made side by side.
      for (const round of rounds) expect(round.length).toBeLessThanOrEqual(8);
      for (const job of api.jobs) job.setStatus('COMPLETED');
      for (const handle of handles) expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
    });
  },
);

/** Calls between which the API was left alone for as long as it asked for. */
function roundsOf(calls: readonly number[]): number[][] {
  const rounds: number[][] = [];
  for (const at of calls) {
    const last = rounds.at(-1);
    if (last && at - last.at(-1)! < 3_000) last.push(at);
    else rounds.push([at]);
  }
  return rounds;
}
