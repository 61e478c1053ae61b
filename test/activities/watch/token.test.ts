// A token is renewed until it is settled, and settled once, whatever fails on the way to Temporal.
import {
  ActivityCancelledError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
} from '@temporalio/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HeldToken } from '../../../activities/watch/token';
import { type Said, stubClient } from './support';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const LEASE_MS = 60_000;

function hold(answer?: (said: Said) => Promise<void>, leaseMs = LEASE_MS, forMs = 24 * 3_600_000) {
  const { client, said } = stubClient(answer);
  const lost = vi.fn();
  const token = { client, taskToken: Buffer.from('token'), leaseMs };
  const over = vi.fn();
  const held = new HeldToken(token, { details: () => 'as it is', lost, over, random: () => 0 }, forMs);
  return { held, said, lost, over };
}

it('renews before the lease ends, and tells what was seen', async () => {
  const { said, lost } = hold();
  await vi.advanceTimersByTimeAsync(170_000);
  expect(said).toEqual(
    [54_000, 108_000, 162_000].map((at) => ({ call: 'heartbeat', token: 'token', value: 'as it is', at })),
  );
  expect(lost).not.toHaveBeenCalled();
});

it('renews early enough for a lease of seconds', async () => {
  const { said } = hold(undefined, 4_000);
  await vi.advanceTimersByTimeAsync(12_000);
  expect(said.map(({ at }) => at)).toEqual([3_500, 7_000, 10_500]);
});

it('tries a renewal again that failed, and gives up when the lease is over', async () => {
  const { said, lost } = hold(() => Promise.reject(new Error('unavailable')));
  await vi.advanceTimersByTimeAsync(59_900);
  expect(said.map(({ at }) => at)).toEqual([54_000, 55_000, 56_000, 57_000, 58_000, 59_000]);
  expect(lost).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(lost).toHaveBeenCalledTimes(1);
  expect(said.length).toBeLessThan(9);
});

it('goes on after a renewal that hung', async () => {
  let calls = 0;
  const { said, lost } = hold(() => (++calls === 1 ? new Promise(() => undefined) : Promise.resolve()));
  await vi.advanceTimersByTimeAsync(65_000);
  expect(said.map(({ at }) => at)).toEqual([54_000, 60_000]); // five seconds for a call, one of pause
  expect(lost).not.toHaveBeenCalled();
});

it('is completed once, and renewed no more', async () => {
  const { held, said } = hold();
  await Promise.all([held.complete('first'), held.complete('second'), held.fail(new Error('third'))]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(said.map(({ call, value }) => [call, value])).toEqual([['complete', 'first']]);
});

it('repeats an answer that Temporal did not take, until it does', async () => {
  let calls = 0;
  const { held, said, lost } = hold(() => (++calls < 4 ? Promise.reject(new Error('unavailable')) : Promise.resolve()));
  const completed = held.complete('answer');
  await vi.advanceTimersByTimeAsync(2_999);
  expect(lost).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(600_000);
  await completed;
  expect(lost).toHaveBeenCalledTimes(1);
  expect(said.map(({ call, at }) => [call, at])).toEqual([0, 1_000, 2_000, 3_000].map((at) => ['complete', at]));
});

it('repeats it no longer than the lease lasts', async () => {
  const { held, said, lost } = hold(() => Promise.reject(new Error('unavailable')));
  const completed = held.complete('answer');
  await vi.advanceTimersByTimeAsync(600_000);
  await completed;
  expect(said.at(-1)?.at).toBe(LEASE_MS - 1_000);
  expect(lost).toHaveBeenCalledTimes(1);
});

it('is not repeated any more once it is let go', async () => {
  const { held, said } = hold(() => Promise.reject(new Error('unavailable')));
  void held.complete('answer');
  await vi.advanceTimersByTimeAsync(1_500);
  held.letGo();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(said.map(({ at }) => at)).toEqual([0, 1_000]);
});

it('is lost once where Temporal does not know it as it is settled', async () => {
  const { held, said, lost } = hold(() => Promise.reject(new ActivityNotFoundError('gone')));
  await held.complete('answer');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(said).toHaveLength(1);
  expect(lost).toHaveBeenCalledTimes(1);
});

it('is lost where Temporal does not know it any more', async () => {
  const { said, lost } = hold(() => Promise.reject(new ActivityNotFoundError('gone')));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(said).toHaveLength(1);
  expect(lost).toHaveBeenCalledTimes(1);
});

it('reports the cancellation that a renewal tells of', async () => {
  const cancelled = ({ call }: Said) =>
    call === 'heartbeat' ? Promise.reject(new ActivityCancelledError('cancelled')) : Promise.resolve();
  const { said, lost } = hold(cancelled);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(said.map(({ call }) => call)).toEqual(['heartbeat', 'reportCancellation']);
  expect(lost).toHaveBeenCalledTimes(1);
});

it('tells when its time is over, once, renewed until then', async () => {
  const { said, over } = hold(undefined, LEASE_MS, 130_000);
  await vi.advanceTimersByTimeAsync(129_999);
  expect(said).toHaveLength(2);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(over).toHaveBeenCalledTimes(1);
});

it('goes on where the activity is paused, and is handed back where it is reset', async () => {
  const paused = hold(() => Promise.reject(new ActivityPausedError('paused')));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(paused.said.map(({ at }) => at)).toEqual([54_000, 108_000]);
  const isReset = ({ call }: Said) =>
    call === 'heartbeat' ? Promise.reject(new ActivityResetError('reset')) : Promise.resolve();
  const reset = hold(isReset);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(reset.said.map(({ call }) => call)).toEqual(['heartbeat', 'fail']);
  expect(reset.said[1]!.value).toMatchObject({
    nonRetryable: false,
    nextRetryDelay: 1_000,
    message: expect.stringMatching(/^The watch was reset: it begins again \(/) as string,
  });
  expect([paused.lost, reset.lost].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
});

it('keeps no process alive', () => {
  vi.useRealTimers();
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  hold();
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
});
