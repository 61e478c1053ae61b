// An outage that begins when few outputs are left: they are waited for as many would be, and one that is bad by itself is not.
import { expect, test } from 'vitest';
import { UnstructuredStorageError } from '../../src/core/storage-error';
import { faults } from '../../src/testing';
import { MemorySink } from './memory-sink';
import { attemptsOf, completed, failure, withStorage } from './support';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A collecting of eight outputs, of which the last two are left when the first attempt ends. */
async function withTwoLeft() {
  const sink = new MemorySink();
  const { api, activities } = await withStorage({}, { sinks: { mem: sink } });
  const { job, files } = completed(api, { files: 8 });
  const asked = () => api.requests.at(-1)?.query['file_id'] ?? '';
  const left = job.fileIds.slice(6);
  const state = { isLeftBad: true, isApiDown: false, isSinkDown: false };
  const isLeft = () => left.includes(asked());
  const isBad = () => state.isApiDown || (state.isLeftBad && isLeft());
  api.addFaults([[{ operation: 'downloadJobOutput', test: isBad }, faults.status(502)]]);
  /** Makes the API answer for the saved outputs so. */
  const answer = (status: number) =>
    api.addFaults([[{ operation: 'downloadJobOutput', test: () => !isLeft() }, faults.status(status)]]);
  const down = () => Promise.reject(new UnstructuredStorageError('no answer', { kind: 'passing', status: 503 }));
  const [find, store] = [sink.find.bind(sink), sink.store.bind(sink)];
  sink.find = (target) => (state.isSinkDown ? down() : find(target));
  sink.store = (target, body) => (state.isSinkDown ? down() : store(target, body));
  const attempt = attemptsOf(activities, { jobId: job.id, files, which: 'final', to: 'mem:out', onLost: 'return' });
  await failure('UnstructuredTransferError', attempt());
  expect(sink.stored.size).toBe(6);
  let seen = api.requests.length;
  /** How often the API was asked for saved outputs since the last call. After a 404, the request that names the node does not count. */
  const othersAsked = () => {
    const requests = api.requests.slice(seen).filter(({ query }) => query['node_id'] === undefined);
    seen = api.requests.length;
    return requests.filter(({ query }) => !left.includes(query['file_id'] ?? '')).length;
  };
  return { state, attempt, answer, othersAsked };
}

test.each(['isApiDown', 'isSinkDown'] as const)('the last outputs outlast an outage, %s', async (what) => {
  const { state, attempt } = await withTwoLeft();
  Object.assign(state, { isLeftBad: false, [what]: true });
  for (const after of [MINUTE, 12 * MINUTE, 11 * HOUR])
    expect((await failure('UnstructuredTransferError', attempt(after))).nonRetryable).toBe(false);
  state[what] = false;
  const { saved, lost } = await attempt(11 * HOUR + MINUTE);
  expect([saved.length, lost.length]).toEqual([8, 0]);
});

test('an outage is told by five outputs, however many are saved', async () => {
  const { state, attempt, othersAsked } = await withTwoLeft();
  state.isApiDown = true;
  for (const after of [MINUTE, 11 * HOUR]) {
    await failure('UnstructuredTransferError', attempt(after));
    expect(othersAsked()).toBeLessThanOrEqual(3);
  }
});

test.each([200, 400, 404, 409, 425])(
  'the last outputs are lost after ten minutes if the API answers %i for the others, of which each attempt asks for one',
  async (status) => {
    const { attempt, answer, othersAsked } = await withTwoLeft();
    if (status !== 200) answer(status);
    expect((await failure('UnstructuredTransferError', attempt(9 * MINUTE))).nonRetryable).toBe(false);
    expect(othersAsked()).toBe(1);
    const { saved, lost } = await attempt(11 * MINUTE);
    expect([saved.length, lost.length, othersAsked()]).toEqual([6, 2, 1]);
  },
);

test('an outage that has passed is no excuse for outputs that are bad by themselves', async () => {
  const { state, attempt } = await withTwoLeft();
  state.isApiDown = true;
  await failure('UnstructuredTransferError', attempt(MINUTE));
  state.isApiDown = false;
  for (const after of [HOUR, HOUR + 9 * MINUTE])
    expect((await failure('UnstructuredTransferError', attempt(after))).nonRetryable).toBe(false);
  expect((await attempt(HOUR + 11 * MINUTE)).lost).toHaveLength(2);
});
