// Whatever a TLS connection fails with, and however deep that stands in an error, it is told as what lasts or as what may pass.
import { expect, test } from 'vitest';
import { tlsRefusal } from '../../src/network/tls-refusal';

const failed = (code: string, cause?: unknown) => Object.assign(new Error('failed', { cause }), { code });

/** Node's names for what is wrong with a certificate: those that its documentation lists, and the one for all others. */
const OF_CERTIFICATES = [
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_CRL', 'UNABLE_TO_DECRYPT_CERT_SIGNATURE'],
  ...['UNABLE_TO_DECRYPT_CRL_SIGNATURE', 'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'CERT_SIGNATURE_FAILURE'],
  ...['CRL_SIGNATURE_FAILURE', 'ERROR_IN_CERT_NOT_BEFORE_FIELD', 'ERROR_IN_CERT_NOT_AFTER_FIELD'],
  ...['ERROR_IN_CRL_LAST_UPDATE_FIELD', 'ERROR_IN_CRL_NEXT_UPDATE_FIELD', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['CERT_CHAIN_TOO_LONG', 'CERT_REVOKED', 'INVALID_CA', 'PATH_LENGTH_EXCEEDED', 'INVALID_PURPOSE'],
  ...['CERT_UNTRUSTED', 'CERT_REJECTED', 'HOSTNAME_MISMATCH', 'UNSPECIFIED'],
  ...['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_TLS_CERT_ALTNAME_FORMAT'],
];
const OF_DATES = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED', 'CRL_NOT_YET_VALID', 'CRL_HAS_EXPIRED'];

test.each([
  ...OF_CERTIFICATES.map((code) => [code, 'certificate']),
  ...OF_DATES.map((code) => [code, 'date']),
  ['UND_ERR_PRX_TLS', 'proxy'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'no agreement'],
])('%s lasts, wherever it stands: %s', (code, refusal) => {
  expect(tlsRefusal(failed(code))).toBe(refusal);
  expect(tlsRefusal(failed('UND_ERR_SOCKET', failed(code)))).toBe(refusal);
  expect(tlsRefusal(new TypeError('fetch failed', { cause: new Error('deeper', { cause: failed(code) }) }))).toBe(
    refusal,
  );
});

test.each([
  'OUT_OF_MEM',
  'ECONNRESET',
  'UND_ERR_SOCKET',
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'X_CERT_REVOKED',
])('%s may pass', (code) => expect(tlsRefusal(failed('UND_ERR_SOCKET', failed(code)))).toBeUndefined());

test('the certificate of another proxy is told as that, and not as that of the server', () => {
  expect(tlsRefusal(failed('UND_ERR_PRX_TLS', failed('ERR_TLS_CERT_ALTNAME_INVALID')))).toBe('proxy');
});
