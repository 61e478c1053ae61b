// How long an activity lies in its task queue before that is shown, and how it goes on.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { longQueueTimes, shownTimes, unservedQueue } from '../../src/core/unserved';
import { HOUR, MINUTE, SECOND, START } from './fixtures';

describe('an activity that no worker takes', () => {
  it('is shown within a minute', () => {
    expect(shownTimes(10 * MINUTE, 0)).toEqual({
      scheduleToStartTimeout: 45 * SECOND,
      scheduleToCloseTimeout: 10 * MINUTE,
    });
    expect(shownTimes(12 * HOUR, 2 * SECOND)).toEqual({
      scheduleToStartTimeout: 45 * SECOND,
      scheduleToCloseTimeout: 12 * HOUR,
    });
  });

  it('keeps its place where the one before lay there long, too', () => {
    expect(shownTimes(10 * MINUTE, 100 * SECOND).scheduleToStartTimeout).toBe(200 * SECOND);
    expect(shownTimes(10 * MINUTE, 10 * MINUTE).scheduleToStartTimeout).toBe(595 * SECOND);
  });

  it('leaves a last chance to a worker that comes late, however short its time is', () => {
    expect(shownTimes(30 * SECOND, 0)).toEqual({
      scheduleToStartTimeout: 25 * SECOND,
      scheduleToCloseTimeout: 30 * SECOND,
    });
    expect(shownTimes(4 * SECOND, 0)).toEqual({
      scheduleToStartTimeout: 2 * SECOND,
      scheduleToCloseTimeout: 4 * SECOND,
    });
    expect(longQueueTimes(30 * SECOND, -HOUR).scheduleToStartTimeout).toBe(5 * SECOND);
    expect(longQueueTimes(4 * SECOND, -HOUR).scheduleToStartTimeout).toBe(2 * SECOND);
  });

  it('has the rest of its time in one piece, and all of it once that is known', () => {
    expect(longQueueTimes(10 * MINUTE, 9 * MINUTE).scheduleToStartTimeout).toBe(9 * MINUTE);
    expect(longQueueTimes(10 * MINUTE).scheduleToStartTimeout).toBe(10 * MINUTE);
  });

  it('ends by the time-out that says so', () => {
    const times = fc.tuple(fc.integer({ min: SECOND, max: 48 * HOUR }), fc.integer({ min: 0, max: HOUR }));
    fc.assert(
      fc.property(times, ([limitMs, ms]) => {
        for (const { scheduleToStartTimeout, scheduleToCloseTimeout } of [
          shownTimes(limitMs, ms),
          longQueueTimes(limitMs, limitMs - ms),
        ]) {
          expect(scheduleToStartTimeout).toBeGreaterThan(0);
          expect(scheduleToCloseTimeout).toBeGreaterThan(scheduleToStartTimeout);
        }
      }),
    );
  });
});

test('the progress tells since when, and of which task queue', () => {
  expect(unservedQueue({ since: START, taskQueue: 'documents' })).toEqual({
    since: '2026-01-01T00:00:00.000Z',
    taskQueue: 'documents',
  });
  expect([unservedQueue(null), unservedQueue(undefined)]).toEqual([null, null]);
});
