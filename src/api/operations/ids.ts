import { readOption, TEXT, UUID } from '../../core/option-rules';
import type { Redactor } from '../http/redact';

/**
 * Checks an id before it enters a URL: a job's or a workflow's, a uuid.
 * @param name Name of the parameter, for the error
 * @throws UnstructuredValidationError that shows a bounded, redacted form of the value
 */
export function checkUuid(name: string, id: unknown, redactor: () => Redactor): string {
  return readOption(name, UUID, id, { show: (value) => redactor().show(value) });
}

/** A file id is no uuid and may hold any character; it is encoded. */
export function checkFileId(fileId: unknown, redactor: () => Redactor): string {
  return readOption('fileId', TEXT, fileId, { show: (value) => redactor().show(value) });
}
