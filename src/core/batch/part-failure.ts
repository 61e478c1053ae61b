import { isRefusedDocument } from '../refusal';
import { readField } from '../error-shape';
import type { PartFailure } from './manifest-lines';

/** Failures of a run after which nothing more becomes of its documents, though there was a job. */
const SETTLED = [
  'UnstructuredJobFailedError',
  'UnstructuredJobStoppedError',
  'UnstructuredJobPartiallyFailedError',
  'UnstructuredTransferError',
  'UnstructuredOutputListTooLargeError',
];

/**
 * What the failure of a run says of its documents: they failed where the job did, or where there was none. Where the job may still go on, or
 * nobody knows whether there is one, no answer tells what became of them.
 * @param type null for a failure that is none of this package
 */
export function partFailure(type: string | null, message: string, details: object): PartFailure {
  const run = readField(details, 'run');
  const jobId = readField(details, 'jobId') ?? readField(run, 'jobId');
  const isUncertain = type === 'UnstructuredStartUncertainError' || readField(run, 'sentAt') !== undefined;
  const isOpen = typeof jobId === 'string' ? !SETTLED.includes(type ?? '') : isUncertain;
  const refused = readField(details, 'refused');
  return {
    status: isOpen ? 'missing' : 'failed',
    reason: type === null ? message : `${type}: ${message}`,
    jobId: typeof jobId === 'string' ? jobId : null,
    refused: Array.isArray(refused) ? refused.filter(isRefusedDocument) : [],
  };
}
