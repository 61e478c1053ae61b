import { readField, errorShape } from './error-shape';
import { UnstructuredError } from './errors';
import { oneLine } from './values';

/**
 * Whether a retry of the same read or write can succeed. `lasting`: it cannot, so there is no retry. `passing`: it may, so it is retried
 * within its budget. `credential`: the storage refuses the worker's own credential, which may be renewed; it is retried for
 * `credentialBudget`.
 */
export type StorageErrorKind = 'lasting' | 'passing' | 'credential';

const KINDS: readonly unknown[] = ['lasting', 'passing', 'credential'] satisfies StorageErrorKind[];

/** A storage's answer to a failed request, as far as known. Plain data without secrets. */
export interface StorageAnswer {
  /** HTTP status. */
  status?: number | undefined;
  /** Error code, such as `AccessDenied` or `ENAMETOOLONG`. */
  code?: string | undefined;
  /** The storage's request id. */
  requestId?: string | undefined;
  /** Region of the bucket, if the storage returned it. */
  region?: string | undefined;
}

/** Details of a failed read or write. */
export interface StorageErrorDetails extends StorageAnswer {
  kind: StorageErrorKind;
  /** Pause that the storage asked for, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/**
 * Error of a source or a sink. Its `kind` decides about retries. An error that wraps it counts as it. Any other error of a source or a sink
 * counts as `passing`, except a non-retryable ApplicationFailure.
 *
 * @example
 * throw new UnstructuredStorageError('The bucket is archived', { kind: 'lasting', status: 403, code: 'InvalidObjectState' });
 */
export class UnstructuredStorageError extends UnstructuredError<'UnstructuredStorageError', StorageErrorDetails> {
  /** `message` must not contain a secret. It is put into one line, and the storage's answer is appended to it. */
  constructor(message: string, { kind, cause, retryAfterMs, ...answer }: StorageErrorDetails & { cause?: unknown }) {
    super(oneLine(message) + bracketed(answer), {
      type: 'UnstructuredStorageError',
      retryable: kind !== 'lasting',
      details: { kind, ...storageAnswer(answer), ...(retryAfterMs !== undefined && { retryAfterMs }) },
      cause,
    });
  }
}

/** Whether an error is an `UnstructuredStorageError`, including one from another copy of this package. */
export function isStorageError(error: unknown): error is UnstructuredStorageError {
  return (
    errorShape(error).name === 'UnstructuredStorageError' &&
    KINDS.includes(readField(readField(error, 'details'), 'kind'))
  );
}

/** Reads the storage's answer from details that contain it. */
export function storageAnswer(details: unknown): StorageAnswer {
  const [status, code, requestId, region] = ['status', 'code', 'requestId', 'region'].map((name) =>
    readField(details, name),
  );
  return {
    ...(typeof status === 'number' && { status }),
    ...(isWord(code) && { code }),
    ...(isWord(requestId) && { requestId }),
    ...(isWord(region) && { region }),
  };
}

/** Whether a value is short enough for a message and cannot be a secret in disguise. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:;/=@+-]{1,128}$/.test(value);
}

/** A storage's answer in the form that follows a message: ` [status 403, AccessDenied]`; empty if nothing is known. */
export function bracketed(answer: StorageAnswer): string {
  const { status, code, requestId, region } = storageAnswer(answer);
  const known = [
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(code === undefined ? [] : [code]),
    ...(region === undefined ? [] : [`region ${region}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  return known.length === 0 ? '' : ` [${known.join(', ')}]`;
}

/** The message of an error without the storage's answer at its end. */
export function bareMessage(error: { message: string; details: StorageAnswer }): string {
  const end = bracketed(error.details);
  return end !== '' && error.message.endsWith(end) ? error.message.slice(0, -end.length) : error.message;
}
