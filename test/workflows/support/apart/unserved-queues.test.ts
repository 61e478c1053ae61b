// What is noted of a task queue that no worker serves, where activities go to several.
import { TimeoutFailure } from '@temporalio/common';
import { expect, test, vi } from 'vitest';
import type { ScheduleTimes, Unserved } from '../../../../src/core/unserved';
import { scheduleShown } from '../../../../workflows/support/schedule';

const STARTS: Unserved = { since: 1, taskQueue: 'starts' };
const OWN: Unserved = { since: 1, taskQueue: 'own', isOwn: true };
const LIMIT_MS = 600_000;

const notStarted = new TimeoutFailure('not started', undefined, 'SCHEDULE_TO_START');

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  log: { info: () => {}, warn: () => {} },
}));

test.each<[what: string, unserved: Unserved | null, taskQueue: string | undefined, isKnown: boolean]>([
  ['another queue than the unserved one', STARTS, 'activities', false],
  ['the unserved queue', STARTS, 'starts', true],
  ['a named queue, where the own one is unserved', OWN, 'activities', false],
  ['a queue of the name that the own one has by now', OWN, 'own', false],
  ['the own queue, where another one is unserved', STARTS, undefined, false],
  ['the own queue, whatever its name is by now', OWN, undefined, true],
  ['a queue where none is unserved', null, 'activities', false],
])('an activity on %s that a worker takes', async (_, unserved, taskQueue, isKnown) => {
  const notes: (Unserved | null)[] = [];
  const schedule = vi.fn<(times: ScheduleTimes) => Promise<string>>(() => Promise.resolve('answer'));
  const queue = { taskQueue, unserved, note: (now: Unserved | null) => void notes.push(now) };
  expect(await scheduleShown(queue, LIMIT_MS, schedule)).toBe('answer');
  // Only what is known to lie there gets all the time at once, and only that is served again.
  expect(schedule.mock.calls[0]![0].scheduleToStartTimeout).toBe(isKnown ? LIMIT_MS : 45_000);
  expect(notes).toEqual(isKnown ? [null] : []);
});

test('an activity that had no time to lie in its queue, right before a limit, says nothing of it', async () => {
  const notes: (Unserved | null)[] = [];
  const schedule = vi.fn(() => Promise.reject(notStarted));
  const queue = { taskQueue: 'activities', unserved: null, note: (now: Unserved | null) => void notes.push(now) };
  await expect(scheduleShown(queue, 3_000, schedule)).rejects.toThrow('not started');
  expect(schedule).toHaveBeenCalledTimes(2);
  expect(notes).toEqual([]);
  await expect(scheduleShown(queue, LIMIT_MS, schedule)).rejects.toThrow('not started');
  expect(notes).toMatchObject([{ taskQueue: 'activities' }]);
});
