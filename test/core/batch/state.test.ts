import { expect, test } from 'vitest';
import type { BatchOptions } from '../../../src/core/batch/options';
import { NO_DOCUMENTS } from '../../../src/core/batch/manifest';
import { type BatchPlan, toRanges } from '../../../src/core/batch/plan';
import { progressOfBatch } from '../../../src/core/batch/progress';
import {
  beginBatch,
  type BatchState,
  countsOf,
  jobEnded,
  mayStart,
  planned,
  startNext,
} from '../../../src/core/batch/state';

const OPTIONS: BatchOptions = {
  version: 1,
  parallel: 2,
  tolerated: 1,
  startSpacing: 1_100,
  continueAsNewAfterEvents: 1_000,
};

const PLAN: BatchPlan = {
  version: 1,
  id: 'id',
  earlier: [],
  digest: 'd',
  jobs: 3,
  documents: 7,
  sizes: [3, 3, 1],
  leftOut: { empty: 2 },
};

function batchOf(options: Partial<BatchOptions> = {}, plan: Partial<BatchPlan> = {}): BatchState {
  return planned(beginBatch({ ...OPTIONS, ...options }, 1_000), { plan: { ...PLAN, ...plan }, finished: null });
}

const good = (ok: number) => ({ counts: { ...NO_DOCUMENTS, ok }, isFailed: false });

test('nothing starts without a plan, beyond it, beyond the window, in a long history, or once the batch is stopped', () => {
  const idle = { running: 0, isLong: false };
  expect(mayStart(beginBatch(OPTIONS, 0), idle)).toBe(false);
  expect(mayStart(batchOf(), idle)).toBe(true);
  expect(mayStart(batchOf(), { running: 1, isLong: false })).toBe(true);
  expect(mayStart(batchOf(), { running: 2, isLong: false })).toBe(false);
  expect(mayStart(batchOf(), { running: 0, isLong: true })).toBe(false);
  expect(mayStart({ ...batchOf(), next: 3 }, idle)).toBe(true);
  expect(mayStart({ ...batchOf(), next: 4 }, idle)).toBe(false);
  expect(mayStart({ ...batchOf(), outcome: 'stopped' }, idle)).toBe(false);
});

test('starts keep their distance, and none waits that comes late enough by itself', () => {
  const first = startNext(batchOf(), 5_000);
  const second = startNext(first.state, 5_000);
  const third = startNext(second.state, 9_000);
  expect([first, second, third].map(({ part, startAt }) => [part, startAt])).toEqual([
    [1, 5_000],
    [2, 6_100],
    [3, 9_000],
  ]);
});

test('what a job says is added up; of one that says nothing all documents are missing', () => {
  let state = jobEnded(batchOf(), 1, { counts: { ok: 1, failed: 1, refused: 1, missing: 0 }, isFailed: false });
  state = jobEnded(state, 3, { counts: null, isFailed: true });
  expect(countsOf(state)).toEqual({ documents: 7, ok: 1, failed: 1, refused: 1, missing: 1, jobs: 3, failedJobs: 1 });
});

test.each([
  [1, 3, 'running'],
  [0.5, 3, 'running'],
  [3 / 7, 3, 'running'],
  [0.4, 3, 'stopped'],
  [0, 1, 'stopped'],
  [0, 0, 'running'],
] as const)('with %d tolerated and %d of 7 failed the batch is %s', (tolerated, failed, outcome) => {
  const counts = { ...NO_DOCUMENTS, ok: 3 - failed, failed };
  expect(jobEnded(batchOf({ tolerated }), 1, { counts, isFailed: false }).outcome).toBe(outcome);
});

test('refused and missing documents count as failed ones do, and a batch that is stopped stays so', () => {
  const counts = { ok: 1, failed: 0, refused: 1, missing: 1 };
  const stopped = jobEnded(batchOf({ tolerated: 0.2 }), 1, { counts, isFailed: false });
  expect(stopped.outcome).toBe('stopped');
  expect(jobEnded(stopped, 2, good(3)).outcome).toBe('stopped');
});

test('the progress tells rate and end by what is through', () => {
  const state = jobEnded(startNext(batchOf(), 1_000).state, 1, good(3));
  const running = [{ part: 2, key: 'k/2', since: '1970-01-01T00:00:02.000Z' }];
  expect(progressOfBatch({ state, phase: 'running', running, unserved: null }, 3_601_000)).toEqual({
    phase: 'running',
    counts: { documents: 7, ok: 3, failed: 0, refused: 0, missing: 0, jobs: 3, failedJobs: 0 },
    done: { documents: 3, jobs: 1 },
    running,
    startedAt: '1970-01-01T00:00:01.000Z',
    perHour: 3,
    endsAt: new Date(3_601_000 + (4 / 3) * 3_600_000).toISOString(),
    leftOut: { empty: 2 },
    unserved: null,
  });
  const begun = progressOfBatch(
    { state: beginBatch(OPTIONS, 1_000), phase: 'planning', running: [], unserved: null },
    1_000,
  );
  expect(begun).toMatchObject({ perHour: null, endsAt: null, counts: { documents: 0, jobs: 0 }, leftOut: {} });
  expect(progressOfBatch({ state, phase: 'ended', running: [], unserved: null }, 3_601_000).endsAt).toBeNull();
  const stopped = { ...state, outcome: 'stopped' as const };
  expect(progressOfBatch({ state: stopped, phase: 'draining', running, unserved: null }, 3_601_000)).toMatchObject({
    perHour: 3,
    endsAt: null,
  });
});

test.each([29, 57, 58])('exactly the share that is tolerated is no share too much: %d of 100', (failed) => {
  const state = batchOf({ tolerated: failed / 100 }, { documents: 100, jobs: 2, sizes: [99, 1] });
  const counts = { ...NO_DOCUMENTS, ok: 99 - failed, failed };
  expect(jobEnded(state, 1, { counts, isFailed: false }).outcome).toBe('running');
  expect(jobEnded(state, 1, { counts: { ...counts, failed: failed + 1 }, isFailed: false }).outcome).toBe('stopped');
});

test('jobs that an earlier run finished are passed over, and count', () => {
  const plan = { ...PLAN, jobs: 9, documents: 9, sizes: [1, 1, 1, 1, 1, 1, 1, 1, 1] };
  const ranges = toRanges([1, 2, 4, 6, 7, 9]);
  expect(ranges).toEqual([
    [1, 2],
    [4, 4],
    [6, 7],
    [9, 9],
  ]);
  const counts = { ...NO_DOCUMENTS, ok: 6 };
  let state = planned(beginBatch(OPTIONS, 1_000), { plan, finished: { ranges, jobs: 6, counts } });
  const parts: number[] = [];
  while (mayStart(state, { running: 0, isLong: false })) {
    const next = startNext(state, 1_000);
    parts.push(next.part);
    state = jobEnded(next.state, next.part, good(1));
  }
  expect(parts).toEqual([3, 5, 8]);
  expect(countsOf(state)).toMatchObject({ documents: 9, ok: 9 });
  expect(state.endedJobs).toBe(9);
  expect(toRanges([])).toEqual([]);
});

test('a plan reports back what the batch goes by', () => {
  const options = { ...OPTIONS, parallel: 9 };
  expect(planned(beginBatch(OPTIONS, 0), { plan: PLAN, finished: null, options }).options).toEqual(options);
  expect(planned(beginBatch(OPTIONS, 0), { plan: PLAN, finished: null }).options).toEqual(OPTIONS);
});
