import type { ResumedRun } from './resumed';
import type { RunJobResult } from './result';

/** Input of the activity that joins a run of the same key. */
export interface JoinRunInput {
  /** The run's workflow id. */
  key: string;
}

/** How a run that was joined ended. */
export type JoinedRun =
  | { status: 'completed'; result: RunJobResult }
  /** `resume` takes its job up again; null where nothing was sent, so that a new run may start one. `reason` is for people. */
  | { status: 'ended'; resume: ResumedRun | null; reason: string };
