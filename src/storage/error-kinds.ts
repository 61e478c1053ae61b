import { errorCode } from '../core/error-shape';
import type { StorageErrorKind } from '../core/storage-error';

/** Certificates that are not trusted, or of another host: no other try changes them. */
const TLS = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What OpenSSL says of an answer that is no TLS, such as plain HTTP. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'];

/** What OpenSSL says of a connection that was disturbed, or of a server that is in trouble: another one may do. */
const DISTURBED = /BAD_RECORD_MAC|DECRYPT|INTERNAL_ERROR|UNEXPECTED_EOF|USER_CANCEL|CLOSE_NOTIFY/;

/** Why no TLS connection comes about, for a reason that lasts; undefined for any other error. */
export function tlsRefusal(error: unknown): 'certificate' | 'no TLS' | 'no agreement' | undefined {
  const code = errorCode(error) ?? '';
  if (TLS.has(code)) return 'certificate';
  if (NO_TLS.includes(code)) return 'no TLS';
  return code.startsWith('ERR_SSL_') && !DISTURBED.test(code) ? 'no agreement' : undefined;
}

/** Whether the data is not valid for its Content-Encoding. */
export function isBrokenCoding(error: unknown): boolean {
  return /^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT|ZSTD_)/.test(errorCode(error) ?? '') && errorCode(error) !== 'Z_BUF_ERROR';
}

/** What becomes of a request that is answered so, if it is sent again. */
export function kindOfStatus(status: number): Exclude<StorageErrorKind, 'credential'> {
  if ([408, 409, 425, 429].includes(status)) return 'passing';
  return status >= 500 && status !== 501 && status !== 505 ? 'passing' : 'lasting';
}
