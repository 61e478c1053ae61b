import { errorCode } from '../core/error-shape';
import type { StorageErrorKind } from '../core/storage-error';

/** Whether an error says that data is not valid for its Content-Encoding. */
export function isBrokenCoding(error: unknown): boolean {
  return /^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT|ZSTD_)/.test(errorCode(error) ?? '') && errorCode(error) !== 'Z_BUF_ERROR';
}

/** Whether a request that was answered with this status may succeed later. */
export function kindOfStatus(status: number): Exclude<StorageErrorKind, 'credential'> {
  if ([408, 409, 425, 429].includes(status)) return 'passing';
  return status >= 500 && status !== 501 && status !== 505 ? 'passing' : 'lasting';
}
