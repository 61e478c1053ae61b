import { activityInfo } from '@temporalio/activity';

/** What an attempt leaves to the next by its heartbeats. */
export interface TransferMemory {
  /** Places of the outputs that are saved whole, in the order asked for: they are not looked at again until all others are settled. */
  whole: number[];
  /** When an output was saved last, on the server's clock. */
  savedAt: number;
}

/** What the attempts before this one left. */
export function recall(): TransferMemory {
  const info = activityInfo();
  const { whole = [], savedAt = info.scheduledTimestampMs } = (info.heartbeatDetails ?? {}) as Partial<TransferMemory>;
  return { whole, savedAt };
}

/** The time on the server's clock, by which all attempts count, on whatever worker they run. */
export function serverClock(): () => number {
  const { currentAttemptScheduledTimestampMs } = activityInfo();
  const begunAt = performance.now();
  return () => Math.round(currentAttemptScheduledTimestampMs + performance.now() - begunAt);
}
