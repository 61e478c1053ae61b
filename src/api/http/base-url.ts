import { invalidInput } from '../../core/errors';
import { isLoopbackHost } from '../../core/loopback';
import type { Redactor } from './redact';

/** The service for accounts on the shared platform. Dedicated and in-VPC deployments have their own. */
export const DEFAULT_BASE_URL = 'https://platform.unstructuredapp.io/';

const API_PATH = '/api/v1';

/** Where requests go. */
export interface BaseUrl {
  /** Scheme, host and port. */
  origin: string;
  /** Path prefix of all operations; begins with a slash and ends with `/api/v1`. */
  prefix: string;
  /** Whether requests go unencrypted to this machine. Such requests must not leave it. */
  isLocal: boolean;
}

/**
 * Reads the option `baseUrl`, with or without `/api/v1`, trailing slashes or a path prefix.
 * @throws UnstructuredValidationError if it is not an http(s) URL, if it carries credentials, a query or a fragment, or if it is plain http to
 * another machine without `allowInsecureHttp`
 */
export function parseBaseUrl(
  value: unknown,
  { allowInsecureHttp, redactor }: { allowInsecureHttp: boolean; redactor: Redactor },
): BaseUrl {
  if (typeof value !== 'string' || !URL.canParse(value))
    throw invalidInput(
      `Option baseUrl must be an absolute URL such as ${DEFAULT_BASE_URL}; got ${redactor.show(withoutUser(value))}.`,
    );
  const url = new URL(value);
  const shown = redactor.known(`${url.protocol}//${url.host}`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalidInput(`Option baseUrl must begin with https://; got the scheme ${url.protocol}.`);
  if (url.username || url.password)
    throw invalidInput(`Option baseUrl must not carry credentials (${shown}); the key belongs in apiKey.`);
  if (url.search || url.hash) throw invalidInput(`Option baseUrl must have no query and no fragment (${shown}).`);
  const isLocal = url.protocol === 'http:' && isLoopbackHost(url.hostname);
  if (url.protocol === 'http:' && !allowInsecureHttp && !isLocal)
    throw invalidInput(`Option baseUrl ${shown} would send the key unencrypted; use https, or set allowInsecureHttp.`);
  const path = url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, prefix: path.endsWith(API_PATH) ? path : path + API_PATH, isLocal };
}

/** Removes the user, password, query and fragment: even a text that is not a URL may hold credentials or a key there. */
function withoutUser(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^.*@/s, '').replace(/[?#].*$/s, '') : value;
}
