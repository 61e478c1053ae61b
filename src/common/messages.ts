import type { QueryDefinition, SignalDefinition } from '@temporalio/common';
import { CHECK_NOW_SIGNAL, PROGRESS_QUERY, TRANSFER_SIGNAL } from '../core/names';
import type { BatchProgress } from '../core/batch/progress';
import type { RunProgress } from '../core/run/progress';
import type { TransferProgress } from '../core/start/request';
import type { WaitProgress } from '../core/wait/progress';
import type { Duration } from './duration';

/** What a `checkNow` signal may carry. Never taken for truth, only as a reason to look. */
export interface CheckNow {
  /** Gap between checks from now on instead of the schedule, 1 second to 24 hours; null returns to the schedule. */
  safetyGap?: Duration | null | undefined;
}

/** Makes a wait check at once: for a person, a test, or whoever learns that the job may be done. */
export const checkNow = { type: 'signal', name: CHECK_NOW_SIGNAL } as SignalDefinition<[CheckNow?]>;

/** Answers what a wait has seen and when it looks next. Works also after the wait has ended. */
export const progress = { type: 'query', name: PROGRESS_QUERY } as QueryDefinition<WaitProgress>;

/** Answers what a run is doing. The same query as {@link progress}, asked of the workflow `runJob`. */
export const runProgress = { type: 'query', name: PROGRESS_QUERY } as QueryDefinition<RunProgress>;

/** Answers what a batch is doing. The same query as {@link progress}, asked of the workflow `runJobs`. */
export const batchProgress = { type: 'query', name: PROGRESS_QUERY } as QueryDefinition<BatchProgress>;

/** Tells a run how many documents are sent, or outputs are saved; from its own activities. */
export const transfer = { type: 'signal', name: TRANSFER_SIGNAL } as SignalDefinition<[TransferProgress]>;
