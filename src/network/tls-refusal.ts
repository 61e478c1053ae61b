import { errorCode } from '../core/error-shape';

/** Certificates that are not trusted, or of another host: no other try changes them. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
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

/** Certificates that somebody has to renew, or that wait for their day. */
const OUTDATED = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

/** What OpenSSL says of an answer that is not TLS, such as plain HTTP. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'];

/** What OpenSSL says of a connection that was disturbed, or of a server that is in trouble: another one may do. */
const DISTURBED = /BAD_RECORD_MAC|DECRYPT|INTERNAL_ERROR|UNEXPECTED_EOF|USER_CANCEL|CLOSE_NOTIFY/;

/** Why no TLS connection comes about. */
export type TlsRefusal = 'certificate' | 'date' | 'no TLS' | 'no agreement';

/** Why no TLS connection comes about, for a reason that lasts; undefined for any other error. */
export function tlsRefusal(error: unknown): TlsRefusal | undefined {
  const code = errorCode(error) ?? '';
  if (UNTRUSTED.has(code)) return 'certificate';
  if (OUTDATED.includes(code)) return 'date';
  if (NO_TLS.includes(code)) return 'no TLS';
  return code.startsWith('ERR_SSL_') && !DISTURBED.test(code) ? 'no agreement' : undefined;
}
