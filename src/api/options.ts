import { type Duration, durationToMs } from '../common/duration';
import { invalidInput } from '../core/errors';
import {
  BOOLEAN,
  number,
  oneOf,
  OPTIONS,
  type Reading,
  readOption,
  refuseUnknown,
  type Rule,
  wholeNumber,
} from '../core/option-rules';
import { isObject, kindOf, withoutUndefined } from '../core/values';
import { NETWORK_RULES, type NetworkOptions, refuseIdleProxy } from '../network/options';
import { LOWEST_RATE } from '../network/pace';
import { DEFAULT_BASE_URL, parseBaseUrl } from './http/base-url';
import { type ApiKey, type Authentication, Credentials } from './http/credentials';
import { LONGEST_TIMER_MS } from './http/deadline';
import type { TransportOptions } from './http/options';
import type { Redactor } from './http/redact';

export type { ApiKey, Authentication, NetworkOptions };

/** Time-outs of one request. Each is a number of milliseconds or a string such as `'15 seconds'`. */
export interface ClientTimeouts {
  /** Time to establish a connection, TLS included. Not applied to a `dispatcher` of your own. @default '5 seconds' */
  connect?: Duration | undefined;
  /** Time from the end of the request to the complete headers of the answer; after an upload, always 2 minutes. @default '15 seconds' */
  headers?: Duration | undefined;
  /** Longest time without a byte of the answer's body. @default '15 seconds' */
  body?: Duration | undefined;
  /**
   * Time for the whole call: getting the key, waiting for a free connection, following redirects and reading the answer. Not applied to
   * uploads and downloads.
   * @default '20 seconds'
   */
  total?: Duration | undefined;
}

/** Lowest rate of a transfer: at least `bytes` in each `per` that is spent waiting for the network. */
export interface MinimumRate {
  /** Number of bytes. 0 turns the check off. @default 12_000 */
  bytes?: number | undefined;
  /** Time in which `bytes` must be transferred. @default '1 minute' */
  per?: Duration | undefined;
}

/** Options of a client: account, connection, and limits of a request. */
export interface UnstructuredClientOptions extends NetworkOptions {
  /** The API key, or a function that is called before each request. One key is one workspace. */
  apiKey: ApiKey;
  /** Base URL of the API, with or without `/api/v1`. @default 'https://platform.unstructuredapp.io/' */
  baseUrl?: string | undefined;
  /** Which header carries the key. @default 'api-key' */
  authentication?: Authentication | undefined;
  /** Allows plain http to hosts other than this machine. @default false */
  allowInsecureHttp?: boolean | undefined;
  /** Time-outs of a request. @default connect 5 s, headers 15 s, body 15 s, total 20 s */
  timeouts?: ClientTimeouts | undefined;
  /**
   * Lowest rate of uploads and downloads. A slower one ends with UnstructuredTimeoutError. Time spent waiting for the document or for the
   * reader does not count.
   * @default 12,000 bytes in 1 minute
   */
  minimumRate?: MinimumRate | undefined;
  /** Largest answer, in bytes after decompression. @default 67_108_864 (64 MiB) */
  maxResponseBytes?: number | undefined;
  /** Most connections at a time. Further requests wait for a free one. @default 100 */
  connections?: number | undefined;
  /**
   * Most requests a second of this account from this process, at least 1. All activities and watches share the limit, and requests are
   * evenly spaced. A request that would have to wait longer than 10 s fails with UnstructuredRateLimitError and is not sent.
   * @default none
   */
  maxRequestsPerSecond?: number | undefined;
}

/** Defaults of {@link UnstructuredClientOptions}; times in milliseconds. */
export const CLIENT_DEFAULTS = Object.freeze({
  baseUrl: DEFAULT_BASE_URL,
  authentication: 'api-key',
  allowInsecureHttp: false,
  timeouts: Object.freeze({ connect: 5_000, headers: 15_000, body: 15_000, total: 20_000 }),
  minimumRate: LOWEST_RATE,
  maxResponseBytes: 64 * 1024 * 1024,
  connections: 100,
});

/** The rule for each option. `apiKey` and `baseUrl` are checked where they are read. */
const RULES: Record<Exclude<keyof UnstructuredClientOptions, 'apiKey' | 'baseUrl'>, Rule> = {
  authentication: oneOf(['api-key', 'bearer']),
  allowInsecureHttp: BOOLEAN,
  timeouts: OPTIONS,
  minimumRate: OPTIONS,
  maxResponseBytes: wholeNumber(1),
  connections: wholeNumber(1),
  maxRequestsPerSecond: number('a number of at least 1', (n) => n >= 1 && Number.isFinite(n)),
  ...NETWORK_RULES,
};
/** A time that a timer can hold, rounded up to whole milliseconds. */
const TIMER: Rule<number> = {
  expected: "a duration from 1 ms to 24 days, such as '15 seconds'",
  read(value, toMs) {
    const ms = toMs(value);
    return ms !== undefined && ms >= 1 && ms <= LONGEST_TIMER_MS ? Math.ceil(ms) : undefined;
  },
};
const OPTION_NAMES = ['apiKey', 'baseUrl', ...Object.keys(RULES)];

/**
 * Checks the options and fills in defaults. An option that is `undefined` counts as not given.
 * @throws UnstructuredValidationError that names the option and, except for the key, the value
 */
export function resolveClientOptions(options: UnstructuredClientOptions): TransportOptions {
  if (!isObject(options)) throw invalidInput(`The client's options must be an object; got ${kindOf(options)}.`);
  const given = withoutUndefined(options);
  const credentials = new Credentials(given.apiKey, given.authentication ?? CLIENT_DEFAULTS.authentication);
  const redactor = credentials.redactor();
  const reading: Reading = { toMs: durationToMs, show: (value) => redactor.show(value) };

  refuseUnknown('', withoutKeys(given, redactor), OPTION_NAMES);
  for (const [name, value] of Object.entries(given))
    if (name in RULES) readOption(name, RULES[name as keyof typeof RULES], value, reading);
  refuseIdleProxy(given);
  if (given.dispatcher && given.connections)
    throw invalidInput(`Option connections (${given.connections}) has no effect on a dispatcher of your own.`);

  const { baseUrl, allowInsecureHttp, maxResponseBytes, connections } = { ...CLIENT_DEFAULTS, ...given };
  return {
    credentials,
    baseUrl: parseBaseUrl(baseUrl, { allowInsecureHttp, redactor }),
    timeouts: readGroup(
      'timeouts',
      TIMEOUT_RULES,
      CLIENT_DEFAULTS.timeouts,
      withoutKeys(given.timeouts ?? {}, redactor),
      reading,
    ),
    minimumRate: readGroup(
      'minimumRate',
      RATE_RULES,
      CLIENT_DEFAULTS.minimumRate,
      withoutKeys(given.minimumRate ?? {}, redactor),
      reading,
    ),
    maxResponseBytes,
    connections,
    maxRequestsPerSecond: given.maxRequestsPerSecond,
    proxy: given.proxy,
    dispatcher: given.dispatcher,
  };
}

const TIMEOUT_RULES = { connect: TIMER, headers: TIMER, body: TIMER, total: TIMER };
const RATE_RULES = { bytes: wholeNumber(0), per: TIMER };

/** Reads options that are grouped in an object, and fills in the defaults of those not given. */
function readGroup<Name extends string>(
  group: string,
  rules: Record<Name, Rule<number>>,
  defaults: Record<Name, number>,
  given: object,
  reading: Reading,
): Record<Name, number> {
  refuseUnknown(`${group}.`, given, Object.keys(rules));
  const read = Object.entries(withoutUndefined(given)).map(([name, value]) => [
    name,
    readOption(`${group}.${name}`, rules[name as Name], value, reading),
  ]);
  return { ...defaults, ...Object.fromEntries(read) } as Record<Name, number>;
}

/** Removes keys from option names: a caller may have put the key where a name belongs, and messages show names. */
function withoutKeys(options: object, redactor: Redactor): object {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [redactor.excerpt(name, 100), value]));
}
