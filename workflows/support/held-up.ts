import type { UnservedQueue } from '../../src/core/unserved';
import { code, time } from './markdown';

/** A queue that is only slow looks the same. */
export function heldUpText(unserved: UnservedQueue | null): string | null {
  return (
    unserved && `**no worker takes it from task queue ${code(unserved.taskQueue)}**, since ${time(unserved.since)}`
  );
}
