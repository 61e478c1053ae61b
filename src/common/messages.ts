import type { QueryDefinition, SignalDefinition } from '@temporalio/common';
import { CHECK_NOW_SIGNAL, PROGRESS_QUERY, TRANSFER_SIGNAL } from '../core/names';
import type { BatchProgress } from '../core/batch/progress';
import type { RunProgress } from '../core/run/progress';
import type { TransferProgress } from '../core/start/request';
import type { WaitProgress } from '../core/wait/progress';
import type { Duration } from './duration';

/** Argument of a `checkNow` signal. The signal only triggers a check; its content is never taken as the state of the job. */
export interface CheckNow {
  /** Fixed gap between checks from now on, in place of the schedule: 1 second to 24 hours. null returns to the schedule. */
  safetyGap?: Duration | null | undefined;
}

/** Signal that makes a wait check at once, for use when the job may have ended. */
export const checkNow = { type: 'signal', name: CHECK_NOW_SIGNAL } as SignalDefinition<[CheckNow?]>;

/** Query for what a wait has seen and when it checks next. It also works after the wait has ended. */
export const progress = { type: 'query', name: PROGRESS_QUERY } as QueryDefinition<WaitProgress>;

/** Query for the progress of a run. The same query as {@link progress}, on the workflow `runJob`. */
export const runProgress = { type: 'query', name: PROGRESS_QUERY } as QueryDefinition<RunProgress>;

/** Query for the progress of a batch. The same query as {@link progress}, on the workflow `runJobs`. */
export const batchProgress = { type: 'query', name: PROGRESS_QUERY } as QueryDefinition<BatchProgress>;

/** Signal with which the activities of a run report how many documents are sent, or how many outputs are saved. */
export const transfer = { type: 'signal', name: TRANSFER_SIGNAL } as SignalDefinition<[TransferProgress]>;
