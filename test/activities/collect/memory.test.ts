// What an attempt to fetch outputs leaves to the next, and an activity to the one that takes its place.
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { recall } from '../../../activities/collect/memory';

const AT = Date.parse('2026-11-24T12:00:00Z');
const SECOND = 1_000;
const LEFT = { whole: [0, 2], triedMs: 10 * SECOND, retries: 3, attempt: 5, at: AT };

/** What an attempt begins with that was scheduled so long after the heartbeat. */
function recalled(
  goneMs: number,
  { attempt = 1, heartbeatDetails, left }: Recalled,
): Promise<ReturnType<typeof recall>> {
  const env = new MockActivityEnvironment({
    attempt,
    heartbeatDetails,
    scheduledTimestampMs: AT,
    currentAttemptScheduledTimestampMs: AT + goneMs,
  });
  return env.run(() => Promise.resolve(recall(left)));
}

interface Recalled {
  attempt?: number;
  heartbeatDetails?: unknown;
  left?: unknown;
}

test('the next attempt goes on with what the one before told, and counts the pause between them', async () => {
  expect(await recalled(30 * SECOND, { attempt: 6, heartbeatDetails: LEFT })).toEqual({
    whole: [0, 2],
    retries: 3,
    triedMs: 40 * SECOND,
  });
});

test('of the time in which no worker was there, a pause counts at most', async () => {
  const { triedMs } = await recalled(3_600 * SECOND, { attempt: 6, heartbeatDetails: LEFT });
  expect(triedMs).toBe(70 * SECOND);
});

test('an activity goes on with what the one in whose place it is told, whatever attempt that was', async () => {
  expect(await recalled(30 * SECOND, { left: LEFT })).toEqual({ whole: [0, 2], retries: 3, triedMs: 40 * SECOND });
  expect((await recalled(3_600 * SECOND, { left: LEFT })).triedMs).toBe(70 * SECOND);
});

test('what its own attempt before told counts more', async () => {
  const left = { ...LEFT, whole: [] };
  expect((await recalled(0, { attempt: 6, heartbeatDetails: LEFT, left })).whole).toEqual([0, 2]);
});

test('rows of failures go on, with the time in which no worker was there left out', async () => {
  const rows = [[3, { cause: 'output', since: 4_000, begunAt: 4_000, failedAt: 9_000 }]];
  const told = { ...LEFT, rows };
  expect(await recalled(3_600 * SECOND, { attempt: 6, heartbeatDetails: told })).toMatchObject({
    rows,
    triedMs: 70 * SECOND,
  });
  expect(await recalled(30 * SECOND, { left: told })).toMatchObject({ rows, triedMs: 40 * SECOND });
});

test('the first attempt begins with nothing', async () => {
  expect(await recalled(0, {})).toEqual({ whole: [], retries: 0, triedMs: 0 });
});
