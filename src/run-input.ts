import type * as core from './core/run/input';
import type { Duration } from './common/duration';

/** Input of the workflow `runJob`: plain JSON, for callers in any language. */
export type RunJobInput = core.RunJobInput<Duration>;

/** A run as `executeRunJob` and `startRunJob` take it. */
export interface KeyedRunInput extends RunJobInput {
  /** What the run is for, such as `invoices-2026-11-24`: it becomes the workflow id, so that the same run is not paid for twice within the namespace's retention. */
  key: string;
}
