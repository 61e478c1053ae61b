import { invalidInput, type UnstructuredApiError } from './errors';
import { isInstant } from './instant';
import { isJobId } from './job';
import { isObject, show as showValue } from './values';

/** Converts a duration to milliseconds; undefined if the value is not a duration. */
export type ToMs = (duration: unknown) => number | undefined;

/** Rule for the value of an option. */
export interface Rule<T = unknown> {
  /** Describes a valid value, for the message. */
  expected: string;
  /** The value in the form of the resolved options, or undefined if the value is refused. */
  read(value: unknown, toMs: ToMs): T | undefined;
}

/** Helpers for reading options. */
export interface Reading {
  /** Required if a rule reads durations. */
  toMs?: ToMs;
  /** Formats a refused value for the message. */
  show?: (value: unknown) => string;
}

/** Checks one option. All options are checked here. @throws UnstructuredValidationError naming the option and the value */
export function readOption<T>(name: string, rule: Rule<T>, value: unknown, { toMs, show }: Reading = {}): T {
  const read = rule.read(value, toMs ?? (() => undefined));
  if (read === undefined) throw wrongOption(name, rule.expected, value, show);
  return read;
}

/** A rule for each option. */
export type Rules<Options> = { [Name in keyof Options]: Rule<Options[Name]> };

/**
 * Reads the options that are given, each by its rule. Names without a rule are not checked here.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function readOptions<Options extends object>(
  rules: Rules<Options>,
  input: { [Name in keyof Options]?: unknown },
  toMs: ToMs,
): Partial<Options> {
  const read: Partial<Options> = {};
  for (const name in rules) {
    const value = input[name];
    if (value !== undefined && value !== null) read[name] = readOption(name, rules[name], value, { toMs });
  }
  return read;
}

/** Error of an option with a wrong value. */
export function wrongOption(name: string, expected: string, value: unknown, show = showValue): UnstructuredApiError {
  return invalidInput(`Option ${name} must be ${expected}; got ${show(value)}.`);
}

/** Whether `value` contains resolved options. A missing option has its default. An option may be null only if its default is null. */
export function areResolved(value: unknown, rules: Record<string, Rule>, defaults: object): boolean {
  if (!isObject(value)) return false;
  const ms: ToMs = (duration) => (typeof duration === 'number' ? duration : undefined);
  return Object.entries(rules).every(([name, rule]) => {
    const option = (value as Record<string, unknown>)[name];
    if (option === null) return (defaults as Record<string, unknown>)[name] === null;
    return option === undefined || rule.read(option, ms) !== undefined;
  });
}

const SECOND = 1_000;
const LONGEST = 3_650 * 86_400 * SECOND;

/** A duration from `atLeast` to `atMost` milliseconds. */
export function duration(atLeast: number, atMost = LONGEST): Rule<number> {
  const least = atLeast === 0 ? '' : ` of at least ${atLeast / SECOND} s`;
  const most = atMost === LONGEST ? '3650 days' : `${atMost / SECOND} s`;
  return {
    expected: `a duration${least} and at most ${most}, such as '90 minutes' or a number of milliseconds`,
    read(value, toMs) {
      const ms = toMs(value);
      return ms !== undefined && ms >= atLeast && ms <= atMost ? ms : undefined;
    },
  };
}

/**
 * How long the confirmation of a cancel may take. The limit is bounded, because each request and check during a cancel adds to a history that cannot
 * continue as new.
 */
export const CONFIRM_LIMIT = duration(SECOND, 3_600 * SECOND);

export function number(expected: string, good: (value: number) => boolean): Rule<number> {
  return { expected, read: (value) => (typeof value === 'number' && good(value) ? value : undefined) };
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Rule<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return number(`a whole number ${range}`, (n) => Number.isInteger(n) && n >= least && n <= most);
}

export function oneOf<Name extends string>(names: readonly Name[]): Rule<Name> {
  const quoted = names.map((name) => `'${name}'`);
  return {
    expected: [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].join(' or '),
    read: (value) => names.find((name) => name === value),
  };
}

/** A value that `good` accepts, unchanged. */
export function anyThat<T>(expected: string, good: (value: unknown) => value is T): Rule<T> {
  return { expected, read: (value) => (good(value) ? value : undefined) };
}

export const BOOLEAN = anyThat('true or false', (value) => typeof value === 'boolean');

/** An object with options of its own. */
export const OPTIONS = anyThat('an object', isObject);

export const UUID = anyThat('a uuid', isJobId);

export const INSTANT = anyThat('an ISO-8601 instant with its offset', isInstant);

export const TEXT = anyThat(
  'a string that is not empty',
  (value): value is string => typeof value === 'string' && value !== '',
);

/**
 * Checks the version of an input, or of state that continue-as-new carried.
 * @param isCarried Whether the workflow itself wrote it. If so, an unknown version comes from a newer worker, and the task is left to such a worker
 * @throws UnstructuredValidationError
 * @throws Error if it was carried; this fails the workflow task, not the workflow
 */
export function checkVersion(what: string, version: unknown, isCarried: boolean): void {
  if (version === 1) return;
  const message = `The version of the ${what} is ${showValue(version)}, which this worker does not know; it knows 1. Deploy a newer worker.`;
  throw isCarried && isVersion(version) ? new Error(message) : invalidInput(message);
}

/** Whether a workflow of some version may have written it. */
function isVersion(version: unknown): boolean {
  return Number.isInteger(version) && (version as number) >= 1;
}

/**
 * Checks state that continue-as-new carries: it must be an object with a version that this worker knows.
 * @throws UnstructuredValidationError if it has no version, because then a caller wrote it
 * @throws Error if a newer worker carried it; this fails the workflow task, not the workflow
 */
export function checkCarried(option: string, carried: unknown): void {
  const { version }: { version?: unknown } = isObject(carried) ? carried : {};
  if (!isVersion(version))
    throw invalidInput(
      `Option ${option} is for the workflow itself, which gives it a version; got ${showValue(carried)}.`,
    );
  checkVersion('carried state', version, true);
}

/** Error of carried state that no version of a workflow writes, so that it must come from a caller. @param needed What the state must contain */
export function wrongCarried(needed: string): Error {
  return invalidInput(`Option continued is for the workflow itself; it must hold ${needed}.`);
}

/** @throws UnstructuredValidationError naming an unknown option; an option that is `undefined` counts as not given */
export function refuseUnknown(prefix: string, options: object, known: readonly string[]): void {
  const isStray = ([name, value]: [string, unknown]) => value !== undefined && !known.includes(name);
  const [unknown] = Object.entries(options).find(isStray) ?? [];
  if (unknown !== undefined) throw invalidInput(`Unknown option ${prefix}${unknown}; known are ${known.join(', ')}.`);
}
