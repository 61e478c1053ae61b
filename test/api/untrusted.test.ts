// No TLS connection that can be trusted: the error says that the set-up is wrong, which option to check, and that nothing was sent.
import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { UnstructuredConnectionError } from '../../src/core/errors';
import { serveTls } from '../support/tls-server';
import { getJobError, serveTcp } from './support';

const answer = (_request: unknown, response: { end: (text: string) => unknown }) => void response.end('{}');

/** A dispatcher that fails so before it sends anything. */
function failing(code: string): Dispatcher {
  const dispatch = (_request: unknown, handler: Dispatcher.DispatchHandler) => {
    setImmediate(() => handler.onResponseError?.(undefined as never, Object.assign(new Error('x'), { code })));
    return true;
  };
  return { dispatch } as never;
}

describe('a server', () => {
  it('with a certificate that nobody knows', async () => {
    const { url } = await serveTls(answer);
    const error = await getJobError(url);
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
    expect(error.details).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', wrongSetup: true, notSent: true });
    expect(error.message).toContain(`at ${url}: the certificate is not trusted for this host; check option baseUrl`);
  });

  it('with a certificate of another host', async () => {
    const { url, cert } = await serveTls(answer, { host: 'other.example' });
    const dispatcher = new Agent({ connect: { ca: cert } });
    onTestFinished(() => dispatcher.close());
    const error = await getJobError(url, { dispatcher });
    expect(error.details).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', wrongSetup: true, notSent: true });
    expect(error.message).toContain('check option baseUrl');
  });

  it('that does not speak TLS', async () => {
    const url = await serveTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await getJobError(url.replace('http:', 'https:'));
    expect(error.details).toMatchObject({ code: 'ERR_SSL_WRONG_VERSION_NUMBER', wrongSetup: true, notSent: true });
    expect(error.message).toContain('the server does not speak TLS; check option baseUrl');
  });
});

test.each([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', // as OpenSSL 3.2 names it
  'UND_ERR_PRX_TLS',
])('%s is a wrong set-up', async (code) => {
  const error = await getJobError('https://api.example', { dispatcher: failing(code) });
  expect(error.details).toMatchObject({ kind: 'connection', code, wrongSetup: true });
});

test.each(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ENOTFOUND', 'ECONNREFUSED', 'ERR_SSL_BAD_RECORD_MAC'])(
  '%s may pass',
  async (code) => {
    const error = await getJobError('https://api.example', { dispatcher: failing(code) });
    expect(error.details).toMatchObject({ kind: 'connection', code });
    expect(error.details).not.toHaveProperty('wrongSetup');
  },
);

test('an expired certificate is told', async () => {
  const { message } = await getJobError('https://api.example', { dispatcher: failing('CERT_HAS_EXPIRED') });
  expect(message).toContain('the certificate has expired, or is not valid yet (CERT_HAS_EXPIRED)');
});
