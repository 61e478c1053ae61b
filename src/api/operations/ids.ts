import { invalidInput } from '../../core/errors';
import { isJobId } from '../../core/job';
import type { Redactor } from '../redact';

/**
 * Checks an id before it enters a URL: a job's or a workflow's, a uuid.
 * @param name Name of the parameter, for the error
 * @throws UnstructuredValidationError that shows a bounded, redacted form of the value
 */
export function checkUuid(name: string, id: unknown, redactor: () => Redactor): string {
  if (isJobId(id)) return id;
  throw invalidInput(`${name} must be a uuid; got ${redactor().show(id)}.`);
}

/** A file id is no uuid and may hold any character; it is encoded. */
export function checkFileId(fileId: unknown, redactor: () => Redactor): string {
  if (typeof fileId === 'string' && fileId !== '') return fileId;
  throw invalidInput(`fileId must be a string that is not empty; got ${redactor().show(fileId)}.`);
}
