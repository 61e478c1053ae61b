import { errorCode } from '../core/error-shape';
import { shownRef } from '../core/reference';
import { isStorageError, UnstructuredStorageError } from '../core/storage-error';

/** Codes of errors that a retry does not fix. A full or failing disk may recover. */
const LASTING = [
  ...['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'EINVAL', 'EILSEQ'],
  ...['EFBIG', 'ENOTSUP'],
];

/** The error of a file sink for an error of a file system. Errors that may pass are returned unchanged. */
export function toSinkError(error: unknown, to: string, what: string): unknown {
  const code = errorCode(error) ?? '';
  if (isStorageError(error) || !LASTING.includes(code)) return error;
  const message = `Target ${shownRef(to)} ${what}`;
  return new UnstructuredStorageError(message, { kind: 'lasting', code, cause: error });
}
