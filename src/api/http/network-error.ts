import { proxyRefusal } from '../../network/proxy-refusal';
import { type TlsRefusal, tlsRefusal } from '../../network/tls-refusal';
import { deepestCode, wrongSetup } from '../../network/wrong-setup';
import { HttpError } from './http-error';

/** undici's own time-outs. A TCP `ETIMEDOUT` comes from the network, so it is a connection error. */
const TIMEOUTS: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stalled',
};

/** Texts for common errors. Messages for all others show only the code. */
const TEXTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is unknown; if that lasts, check option baseUrl',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the network timed out',
  UND_ERR_SOCKET: 'the connection was closed before an answer came',
  UND_ERR_ABORTED: 'the proxy refused the connection',
  UND_ERR_CLOSED: 'the client is closed',
  UND_ERR_DESTROYED: 'the client is closed',
};

/** Texts for TLS connections that cannot be established. */
const TLS_TEXTS: Readonly<Record<TlsRefusal, string>> = {
  certificate:
    'the certificate is not trusted for this host; check option baseUrl, or trust its authority by NODE_EXTRA_CA_CERTS or option dispatcher',
  proxy: 'no secure connection to the proxy',
  date: 'the certificate has expired, or is not valid yet',
  'no TLS': 'the server does not speak TLS; check option baseUrl',
  'no agreement':
    'the server and this worker cannot agree on a TLS connection; check option baseUrl, or set TLS in option dispatcher',
};

/** An answer arrived, but it is not valid HTTP, or its body does not have the announced length. */
const BROKEN_ANSWERS = /^(HPE_\w+|HTTPParserError|UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH))$/;

/**
 * Turns the error of a failed exchange into an HttpError. Errors of undici may contain bytes of the answer, so only their code is kept.
 * @param isBegun Whether a connection had taken the request
 */
export function networkError(error: unknown, status: number | undefined, isBegun: boolean): HttpError {
  const code = deepestCode(error);
  const setup = isBegun ? undefined : wrongSetup(error);
  if (setup !== undefined) return new HttpError('validation', setup, { ...(code !== undefined && { code }) });
  if (code === undefined) return new HttpError('connection', 'the connection failed');
  const timeout = findText(TIMEOUTS, code);
  if (timeout !== undefined) return new HttpError('timeout', `${timeout} (${code})`, { code });
  if (status !== undefined && (code === 'UND_ERR_SOCKET' || BROKEN_ANSWERS.test(code)))
    return new HttpError('response', `the answer ${status} broke off (${code})`, { code, status });
  if (BROKEN_ANSWERS.test(code)) return new HttpError('response', `the answer is not valid HTTP (${code})`, { code });
  const refusal = isBegun ? undefined : tlsRefusal(error);
  const proxy = isBegun ? undefined : proxyRefusal(error);
  const isWrongSetup = (refusal !== undefined && refusal !== 'date') || (proxy && proxy.kind !== 'passing');
  const text = (refusal && TLS_TEXTS[refusal]) ?? proxy?.message ?? findText(TEXTS, code) ?? 'the connection failed';
  return new HttpError('connection', `${text} (${code})`, { code, ...(isWrongSetup && { wrongSetup: true }) });
}

function findText(texts: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(texts, code) ? texts[code] : undefined;
}
