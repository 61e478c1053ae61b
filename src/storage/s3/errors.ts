import { errorCauses, errorCode, readField, errorMessage, errorShape } from '../../core/error-shape';
import { readRetryAfter } from '../../core/retry-after';
import { type StorageErrorKind, UnstructuredStorageError } from '../../core/storage-error';
import { isTlsRefusal, kindOfStatus } from '../error-kinds';

/** Codes with which a credential itself is refused, or none could be had. */
const CREDENTIAL_CODES = new Set([
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'InvalidToken',
  'UnrecognizedClientException',
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'SignatureDoesNotMatch',
  'AuthFailure',
  'CredentialsProviderError',
  'TokenProviderError',
]);

/** Codes that pass, whatever status they come with. */
const PASSING_CODES = new Set([
  'BadDigest',
  'IncompleteBody',
  'InternalError',
  'KMS.ThrottlingException',
  'NoSuchUpload',
  'OperationAborted',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'RequestThrottled',
  'ServiceUnavailable',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'XAmzContentSHA256Mismatch',
]);

/** Names under which the SDK tells an answer whose code it could not read. */
const NO_CODES: readonly string[] = ['', 'Unknown', 'UnknownError', 'Error', 'S3ServiceException'];

const MAX_MESSAGE = 300;

/** What an error of the AWS SDK means, with what the server answered. `what` begins its message. */
export function s3Error(error: unknown, what: string): UnstructuredStorageError {
  const status = readStatus(error);
  const code = s3CodeOf(error);
  const headers = (readField(readField(error, '$response'), 'headers') ?? {}) as Record<string, string | undefined>;
  const region = headers['x-amz-bucket-region'] ?? readField(error, 'Region') ?? readField(error, 'region');
  const requestId = readField(readField(error, '$metadata'), 'requestId') ?? headers['x-amz-request-id'];
  const retryAfterMs = readRetryAfter(headers, Date.now());
  const message = errorMessage(error).slice(0, MAX_MESSAGE);
  return new UnstructuredStorageError(NO_CODES.includes(message) ? what : `${what}: ${message}`, {
    kind: classify(error, status, code),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(typeof requestId === 'string' && { requestId }),
    ...(typeof region === 'string' && { region }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: error,
  });
}

function classify(error: unknown, status: number | undefined, code: string | undefined): StorageErrorKind {
  if ((code !== undefined && CREDENTIAL_CODES.has(code)) || status === 401) return 'credential';
  if (code !== undefined && PASSING_CODES.has(code)) return 'passing';
  if (status !== undefined) return kindOfStatus(status);
  return isTlsRefusal(error) || isSetUpWrong(error) ? 'lasting' : 'passing';
}

/** What the SDK says before it asks anything, as where no region is configured. */
function isSetUpWrong(error: unknown): boolean {
  return (
    ['ERR_INVALID_URL', 'ERR_INVALID_ARG_TYPE'].includes(errorCode(error) ?? '') ||
    /^Region is missing/.test(errorMessage(error))
  );
}

/** The server's code, else that of the network; undefined where nobody told one. */
export function s3CodeOf(error: unknown): string | undefined {
  const names = [readField(error, 'Code'), errorShape(error).name];
  const told = names.find((name): name is string => typeof name === 'string' && !NO_CODES.includes(name));
  const isAnswered = readStatus(error) !== undefined;
  if (isAnswered) return told;
  const credential = errorCauses(error)
    .map((one) => errorShape(one).name)
    .find((name) => CREDENTIAL_CODES.has(name));
  return credential ?? errorCode(error) ?? told;
}

/** HTTP status of an error of the AWS SDK; undefined where there was no answer. */
export function readStatus(error: unknown): number | undefined {
  const status = readField(readField(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}
