import { readOption, TEXT, UUID } from '../../core/option-rules';
import type { Redactor } from '../http/redact';

/**
 * Checks the uuid of a job or workflow before it is put into a URL.
 * @param name Name of the parameter, for the error
 * @throws UnstructuredValidationError that shows a bounded, redacted form of the value
 */
export function checkUuid(name: string, id: unknown, redactor: () => Redactor): string {
  return readOption(name, UUID, id, { show: (value) => redactor().show(value) });
}

/** Checks a file id. It is not a uuid and may contain any character, so it is encoded. */
export function checkFileId(fileId: unknown, redactor: () => Redactor): string {
  return readOption('fileId', TEXT, fileId, { show: (value) => redactor().show(value) });
}
