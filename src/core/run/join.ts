import type { ResumedRun } from './resumed';
import type { RunJobResult } from './result';

/** Input of the activity that joins a run of the same key. */
export interface JoinRunInput {
  /** The run's workflow id. */
  key: string;
  /** Instead of the latest run, the newest before this one, by its run id. */
  before?: string;
}

/** How a run that was joined ended. */
export type JoinedRun = { status: 'completed'; result: RunJobResult } | EndedRun;

/** `resume` takes its job up again; null where nothing was sent, so that a new run may start one. `reason` is for people. */
export interface EndedRun {
  status: 'ended';
  resume: ResumedRun | null;
  reason: string;
}
