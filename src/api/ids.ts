import { invalidInput } from '../core/errors';
import { isJobId } from '../core/job';
import type { Redactor } from './redact';

/**
 * Checks a job id before it enters a URL.
 * @throws UnstructuredValidationError that shows a bounded, redacted form of the value
 */
export function checkJobId(jobId: unknown, redactor: () => Redactor): string {
  if (isJobId(jobId)) return jobId;
  throw invalidInput(`jobId must be a UUID, got ${redactor().show(jobId)}`);
}
