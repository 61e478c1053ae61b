import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import type { ScheduleTimes } from '../../src/core/unserved';
import { type ActivityQueue, scheduleShown } from '../support/schedule';

const RECORDING = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const;

/** Performs an activity that reads or writes a record of a batch. It is retried until `limitMs` have passed. */
export function recordShown<T>(
  queue: ActivityQueue,
  limitMs: number,
  options: ActivityOptions,
  perform: (activities: OperationActivities, memory?: unknown) => Promise<T>,
): Promise<T> {
  const { taskQueue } = queue;
  const schedule = (times: ScheduleTimes, memory?: unknown) =>
    perform(proxyActivities<OperationActivities>({ ...RECORDING, ...options, ...times, taskQueue }), memory);
  return scheduleShown(queue, limitMs, schedule);
}
