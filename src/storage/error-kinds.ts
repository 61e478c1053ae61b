import { errorCode } from '../core/error-shape';
import type { StorageErrorKind } from '../core/storage-error';
import { mayPass } from '../network/statuses';

/** Whether an error says that data is not valid for its Content-Encoding. */
export function isBrokenCoding(error: unknown): boolean {
  return /^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT|ZSTD_)/.test(errorCode(error) ?? '') && errorCode(error) !== 'Z_BUF_ERROR';
}

/** Codes of S3, of its likes, and of services behind it, for temporary errors, whatever their status. A full quota may be raised, as a full disk may recover. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  'BadDigest',
  'BandwidthLimitExceeded',
  'DependencyTimeoutException',
  'EC2ThrottledException',
  'IncompleteBody',
  'InternalError',
  'InvalidPart',
  'KMSInternalException',
  'KeyUnavailableException',
  'LimitExceededException',
  'NoSuchUpload',
  'OperationAborted',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'QuotaExceeded',
  'RequestInTheFuture',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'RequestTimeTooSkewed',
  'ServiceUnavailable',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'XAmzContentSHA256Mismatch',
  'XMinioAdminBucketQuotaExceeded',
]);

export function isPassingCode(code: string): boolean {
  return PASSING_CODES.has(code.replace(/^KMS\./, ''));
}

/** Whether a request that was answered with this status and code may succeed later. */
export function kindOfAnswer(status: number, code = ''): Exclude<StorageErrorKind, 'credential'> {
  return isPassingCode(code) || mayPass(status) ? 'passing' : 'lasting';
}
