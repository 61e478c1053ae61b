import { errorCodes } from '../core/error-shape';

/** Codes of certificates that are not trusted, or belong to another host, and of lists of revoked ones. A retry does not help. */
const UNTRUSTED =
  /^(UNABLE_TO_\w+|ERROR_IN_C(ERT|RL)_\w+|(DEPTH_ZERO_)?SELF_SIGNED_CERT(_IN_CHAIN)?|C(ERT|RL)_(REVOKED|UNTRUSTED|REJECTED|SIGNATURE_FAILURE|CHAIN_TOO_LONG)|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_\w+|UNSPECIFIED)$/;

/** Codes of certificates and lists that must be renewed, or are not valid yet. */
const OUTDATED = /^C(ERT|RL)_(HAS_EXPIRED|NOT_YET_VALID)$/;

/** The proxy's certificate is for another host. */
const WRONG_PROXY = 'UND_ERR_PRX_TLS';

/** OpenSSL's codes for an answer that is not TLS, such as plain HTTP. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'];

/** OpenSSL's codes for a disturbed connection, or for a server with internal errors. A new connection may work. */
const DISTURBED = /BAD_RECORD_MAC|DECRYPT|INTERNAL_ERROR|UNEXPECTED_EOF|USER_CANCEL|CLOSE_NOTIFY/;

/** Why a TLS connection cannot be established. */
export type TlsRefusal = 'certificate' | 'date' | 'proxy' | 'no TLS' | 'no agreement';

/** Why a TLS connection cannot be established, if the reason is lasting; undefined for any other error. */
export function tlsRefusal(error: unknown): TlsRefusal | undefined {
  return errorCodes(error)
    .map(refusalOf)
    .find((refusal) => refusal !== undefined);
}

function refusalOf(code: string): TlsRefusal | undefined {
  if (code === WRONG_PROXY) return 'proxy';
  if (UNTRUSTED.test(code)) return 'certificate';
  if (OUTDATED.test(code)) return 'date';
  if (NO_TLS.includes(code)) return 'no TLS';
  return code.startsWith('ERR_SSL_') && !DISTURBED.test(code) ? 'no agreement' : undefined;
}
