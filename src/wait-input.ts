import type * as core from './core/wait/input';
import type { Duration } from './duration';

/** A wait as callers ask for it, the job aside. Durations are Temporal's: milliseconds, or a string such as `'6 hours'`. */
export type AwaitJobOptions = core.AwaitJobOptions<Duration>;

/** Input of the workflow `awaitJobCompletion`: plain JSON, for callers in any language. */
export type AwaitJobInput = core.AwaitJobInput<Duration>;
