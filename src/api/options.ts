import { type Duration, durationToMs } from '../common/duration';
import { invalidInput } from '../core/errors';
import { isObject, kindOf } from '../core/values';
import { NETWORK_RULES, type NetworkOptions } from '../network/options';
import { type BaseUrl, DEFAULT_BASE_URL, parseBaseUrl } from './base-url';
import { type ApiKey, type Authentication, Credentials } from './credentials';
import { LONGEST_TIMER_MS } from './http/deadline';
import type { Rate } from './http/pace';
import type { Redactor } from './redact';

/** Limits in time of one request. Each is a number of milliseconds or a string such as `'15 seconds'`. */
export interface ClientTimeouts {
  /** Until a connection stands, TLS included. Not applied to a `dispatcher` of your own. @default '5 seconds' */
  connect?: Duration | undefined;
  /** From the sent request to the complete headers of the answer. @default '15 seconds' */
  headers?: Duration | undefined;
  /** Without a byte of the answer's body. @default '15 seconds' */
  body?: Duration | undefined;
  /** The whole call: the key, a free connection, redirects and the answer. @default '20 seconds' */
  total?: Duration | undefined;
}

/** Fewest bytes that a transfer must bring while the network is waited for so long. */
export interface MinimumRate {
  /** 0 lets it be as slow as it is. @default 12_000 */
  bytes?: number | undefined;
  /** @default '1 minute' */
  per?: Duration | undefined;
}

export interface UnstructuredClientOptions extends NetworkOptions {
  /** The API key, or a function that is asked before each request. One key is one workspace. */
  apiKey: ApiKey;
  /** With or without `/api/v1`. @default 'https://platform.unstructuredapp.io/' */
  baseUrl?: string | undefined;
  /** Which header carries the key. @default 'api-key' */
  authentication?: Authentication | undefined;
  /** Allows plain http to other machines than this one. @default false */
  allowInsecureHttp?: boolean | undefined;
  timeouts?: ClientTimeouts | undefined;
  /**
   * An upload or a download that is slower ends as UnstructuredTimeoutError. Time that a document, or whoever reads, takes for itself does not
   * count. @default 12,000 bytes in 1 minute
   */
  minimumRate?: MinimumRate | undefined;
  /** Largest answer that is read, in bytes after decompression. @default 67_108_864 (64 MiB) */
  maxResponseBytes?: number | undefined;
  /** Largest number of connections at a time; further requests wait for a free one. @default 100 */
  connections?: number | undefined;
}

/** Defaults of {@link UnstructuredClientOptions}; times in milliseconds. */
export const CLIENT_DEFAULTS = Object.freeze({
  baseUrl: DEFAULT_BASE_URL,
  authentication: 'api-key',
  allowInsecureHttp: false,
  timeouts: Object.freeze({ connect: 5_000, headers: 15_000, body: 15_000, total: 20_000 }),
  minimumRate: Object.freeze({ bytes: 12_000, per: 60_000 }),
  maxResponseBytes: 64 * 1024 * 1024,
  connections: 100,
});

/** Options as the parts of the client use them: checked, complete, times in milliseconds. */
export interface ResolvedClientOptions {
  baseUrl: BaseUrl;
  credentials: Credentials;
  timeouts: Record<keyof ClientTimeouts, number>;
  minimumRate: Rate;
  maxResponseBytes: number;
  connections: number;
  proxy: NetworkOptions['proxy'];
  dispatcher: NetworkOptions['dispatcher'];
}

type Rule = readonly [expected: string, isValid: (value: unknown) => boolean];

const boolean: Rule = ['true or false', (value) => typeof value === 'boolean'];
const count: Rule = ['a whole number above 0', (value) => Number.isSafeInteger(value) && (value as number) > 0];

/** What each option must be. `apiKey` and `baseUrl` are judged where they are read. */
const RULES: Record<Exclude<keyof UnstructuredClientOptions, 'apiKey' | 'baseUrl'>, Rule> = {
  authentication: [`'api-key' or 'bearer'`, (value) => value === 'api-key' || value === 'bearer'],
  allowInsecureHttp: boolean,
  timeouts: ['an object', isObject],
  minimumRate: ['an object', isObject],
  maxResponseBytes: count,
  connections: count,
  ...NETWORK_RULES,
};
const OPTION_NAMES = ['apiKey', 'baseUrl', ...Object.keys(RULES)];

/**
 * Checks the options and fills in defaults. An option that is `undefined` counts as not given.
 * @throws UnstructuredValidationError that names the option and, but for the key, the value
 */
export function resolveClientOptions(options: UnstructuredClientOptions): ResolvedClientOptions {
  if (!isObject(options)) throw invalidInput(`the client's options must be an object, got ${kindOf(options)}`);
  const given = withoutUndefined(options);
  const credentials = new Credentials(given.apiKey, given.authentication ?? CLIENT_DEFAULTS.authentication);
  const redactor = credentials.redactor();

  checkNames('the client', Object.keys(given), OPTION_NAMES, redactor);
  for (const [name, rule] of Object.entries(RULES)) check(name, given[name as keyof typeof RULES], rule, redactor);
  if (given.dispatcher && given.proxy === 'env')
    throw invalidInput(`proxy 'env' has no effect on a dispatcher of your own`);
  if (given.dispatcher && given.connections)
    throw invalidInput(`connections (${given.connections}) has no effect on a dispatcher of your own`);

  const { baseUrl, allowInsecureHttp, maxResponseBytes, connections } = { ...CLIENT_DEFAULTS, ...given };
  return {
    credentials,
    baseUrl: parseBaseUrl(baseUrl, { allowInsecureHttp, redactor }),
    timeouts: resolveTimeouts(given.timeouts ?? {}, redactor),
    minimumRate: resolveRate(given.minimumRate ?? {}, redactor),
    maxResponseBytes,
    connections,
    proxy: given.proxy,
    dispatcher: given.dispatcher,
  };
}

function resolveTimeouts(timeouts: ClientTimeouts, redactor: Redactor): ResolvedClientOptions['timeouts'] {
  const resolved: ResolvedClientOptions['timeouts'] = { ...CLIENT_DEFAULTS.timeouts };
  const names = Object.keys(resolved) as (keyof ClientTimeouts)[];
  checkNames('timeouts', Object.keys(timeouts), names, redactor);
  for (const name of names) {
    const value: unknown = timeouts[name];
    if (value === undefined) continue;
    resolved[name] = timerMs(`timeouts.${name}`, value, redactor);
  }
  return resolved;
}

function resolveRate(rate: MinimumRate, redactor: Redactor): Rate {
  checkNames('minimumRate', Object.keys(rate), ['bytes', 'per'], redactor);
  const { bytes, per } = { ...CLIENT_DEFAULTS.minimumRate, ...withoutUndefined(rate) };
  check('minimumRate.bytes', bytes, ['a whole number from 0', (value) => value === 0 || count[1](value)], redactor);
  return { bytes, per: timerMs('minimumRate.per', per, redactor) };
}

function timerMs(name: string, value: unknown, redactor: Redactor): number {
  const ms = durationToMs(value);
  if (ms !== undefined && ms >= 1 && ms <= LONGEST_TIMER_MS) return Math.ceil(ms);
  throw invalidInput(
    `${name} must be a duration from 1 ms to 24 days, such as '15 seconds', got ${redactor.show(value)}`,
  );
}

function checkNames(owner: string, names: string[], known: readonly string[], redactor: Redactor): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw invalidInput(`unknown option ${redactor.show(unknown)} of ${owner}; known are ${known.join(', ')}`);
}

function check(name: string, value: unknown, [expected, isValid]: Rule, redactor: Redactor): void {
  if (value !== undefined && !isValid(value))
    throw invalidInput(`${name} must be ${expected}, got ${redactor.show(value)}`);
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
