import { invalidInput, type UnstructuredError } from '../errors';
import type { ResumedRun } from './resume';
import type { RunJobResult } from './result';

/** Others may start and end runs of the same key meanwhile; more often than this they are no accident. */
export const MAX_TRIES = 10;

/** The failure after that many. */
export function triedTooOften(key: string): UnstructuredError {
  return invalidInput(`Runs of the key ${key} were started and ended ${MAX_TRIES} times by others`);
}

/** Input of the activity that joins a run of the same key. */
export interface JoinRunInput {
  /** The run's workflow id. */
  key: string;
  /** Digest of the documents that the run must be for. @default any */
  digest?: string;
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
