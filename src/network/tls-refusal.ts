import { errorCode } from '../core/error-shape';

/** Codes of certificates that are not trusted, or belong to another host. A retry does not help. */
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

/** Codes of certificates that must be renewed, or are not valid yet. */
const OUTDATED = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

/** OpenSSL's codes for an answer that is not TLS, such as plain HTTP. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'];

/** OpenSSL's codes for a disturbed connection, or for a server with internal errors. A new connection may work. */
const DISTURBED = /BAD_RECORD_MAC|DECRYPT|INTERNAL_ERROR|UNEXPECTED_EOF|USER_CANCEL|CLOSE_NOTIFY/;

/** Why a TLS connection cannot be established. */
export type TlsRefusal = 'certificate' | 'date' | 'no TLS' | 'no agreement';

/** Why a TLS connection cannot be established, if the reason is lasting; undefined for any other error. */
export function tlsRefusal(error: unknown): TlsRefusal | undefined {
  const code = errorCode(error) ?? '';
  if (UNTRUSTED.has(code)) return 'certificate';
  if (OUTDATED.includes(code)) return 'date';
  if (NO_TLS.includes(code)) return 'no TLS';
  return code.startsWith('ERR_SSL_') && !DISTURBED.test(code) ? 'no agreement' : undefined;
}
