import { invalidInput } from './errors';
import { isObject, show } from './values';

/** Milliseconds of a duration, or undefined where it is none. */
export type ToMs = (duration: unknown) => number | undefined;

/** What an option may be. */
export interface Rule {
  /** What a good value is, for the message. */
  expected: string;
  /** The value as the resolved options hold it, or undefined where it is refused. */
  read(value: unknown, toMs: ToMs): unknown;
}

const SECOND = 1_000;
const LONGEST = 3_650 * 86_400 * SECOND;

/** A duration of at least and at most so many milliseconds. */
export function duration(atLeast: number, atMost = LONGEST): Rule {
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

/** How long a cancel may take to be confirmed. A cancelled workflow can't continue as new: requests and looks of a longer time fill its history. */
export const CONFIRM_LIMIT = duration(SECOND, 3_600 * SECOND);

export function number(expected: string, good: (value: number) => boolean): Rule {
  return { expected, read: (value) => (typeof value === 'number' && good(value) ? value : undefined) };
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Rule {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return number(`a whole number ${range}`, (n) => Number.isInteger(n) && n >= least && n <= most);
}

export function oneOf(names: readonly string[]): Rule {
  return {
    expected: names.map((name) => `'${name}'`).join(', '),
    read: (value) => names.find((name) => name === value),
  };
}

/**
 * Checks the version of an input, or of what continue-as-new carried.
 * @param isCarried Whether the workflow itself wrote it: then a newer worker did, and the task is left to such a worker
 * @throws UnstructuredValidationError
 * @throws Error, which fails the workflow's task and not the workflow
 */
export function checkVersion(what: string, version: unknown, isCarried: boolean): void {
  if (version === 1) return;
  const message = `The version of the ${what} is ${show(version)}, which this worker does not know; it knows 1. Deploy a newer worker.`;
  throw isCarried ? new Error(message) : invalidInput(message);
}

/**
 * Checks what stands where continue-as-new carries something: an object with a version that this worker knows.
 * @throws UnstructuredValidationError where it has none: then a caller wrote it
 * @throws Error, which fails the workflow's task and not the workflow, where a newer worker carried it
 */
export function checkCarried(option: string, carried: unknown): void {
  const { version }: { version?: unknown } = isObject(carried) ? carried : {};
  if (!Number.isInteger(version))
    throw invalidInput(`Option ${option} is for the workflow itself, which gives it a version; got ${show(carried)}.`);
  checkVersion('carried state', version, true);
}

/** @throws UnstructuredValidationError naming an option that is not known; one that is `undefined` counts as not given */
export function refuseUnknown(prefix: string, options: object, known: readonly string[]): void {
  const isStray = ([name, value]: [string, unknown]) => value !== undefined && !known.includes(name);
  const [unknown] = Object.entries(options).find(isStray) ?? [];
  if (unknown !== undefined) throw invalidInput(`Unknown option ${prefix}${unknown}; known are ${known.join(', ')}.`);
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidInput(`Option ${name} must be true or false; got ${show(value)}.`);
}
