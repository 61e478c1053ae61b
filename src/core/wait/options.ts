import { FILE_SELECTIONS, type FileSelection } from '../job';
import { invalidInput } from '../errors';

/**
 * How a wait behaves, as callers write it. `D` is a Temporal `Duration`: milliseconds or a string such as `'6 hours'`.
 * All times are workflow time.
 */
export interface WaitOptionsInput<D = number | string> {
  /**
   * Which output node files the result holds: every node's, each file's last node, or none (for jobs that deliver to a destination).
   * @default 'all'
   */
  files?: FileSelection;
  /** Longest time that the job may be seen SCHEDULED. @default none */
  queueLimit?: D;
  /** Longest time that the job may be seen IN_PROGRESS. @default none */
  runLimit?: D;
  /** Longest time for the whole wait. @default none */
  totalLimit?: D;
  /** Shortest gap between two checks; at least 1 second. @default '10 seconds' */
  minimumGap?: D;
  /** Longest gap while the job runs. @default '60 seconds' */
  maximumGap?: D;
  /** Longest gap while the job is queued. @default '5 minutes' */
  queuedMaximumGap?: D;
  /** The gap as a fraction of the time that the job has been queued or running: above 0, at most 1. @default 0.1 */
  gapFraction?: number;
  /** How much a gap is lengthened at random, as a fraction of it: 0 to 1. @default 0.1 */
  gapJitter?: number;
  /** A fixed gap instead of the schedule, for jobs that somebody watches and signals. @default none */
  safetyGap?: D;
  /** How long a job that was never seen may be answered with 404. @default '60 seconds' */
  notFoundGrace?: D;
  /** How long 401, 402 and 403 are tolerated once the job was seen; 0 is not at all. @default '1 hour' */
  credentialBudget?: D;
  /** How long checks may fail without one success. @default '12 hours' */
  outageBudget?: D;
  /** How long nothing but unknown statuses may be seen. @default '24 hours' */
  unknownStatusBudget?: D;
  /** Largest result of the workflow, in bytes of its JSON. Temporal terminates a workflow that returns more than 2 MB. @default 1572864 */
  maxResultBytes?: number;
  /** Continue as new once the history has this many events, also where the server suggests it later or never. @default 4000 */
  continueAsNewAfterEvents?: number;
}

/** Options after the check: milliseconds, every default filled in, plain data. */
export interface WaitOptions {
  version: 1;
  files: FileSelection;
  queueLimit: number | null;
  runLimit: number | null;
  totalLimit: number | null;
  minimumGap: number;
  maximumGap: number;
  queuedMaximumGap: number;
  gapFraction: number;
  gapJitter: number;
  safetyGap: number | null;
  notFoundGrace: number;
  credentialBudget: number;
  outageBudget: number;
  unknownStatusBudget: number;
  maxResultBytes: number;
  continueAsNewAfterEvents: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST = 3_650 * DAY;

/** The one place of every default. Durations in milliseconds. */
export const DEFAULT_WAIT_OPTIONS: Readonly<WaitOptions> = Object.freeze({
  version: 1,
  files: 'all',
  queueLimit: null,
  runLimit: null,
  totalLimit: null,
  minimumGap: 10 * SECOND,
  maximumGap: MINUTE,
  queuedMaximumGap: 5 * MINUTE,
  gapFraction: 0.1,
  gapJitter: 0.1,
  safetyGap: null,
  notFoundGrace: MINUTE,
  credentialBudget: HOUR,
  outageBudget: 12 * HOUR,
  unknownStatusBudget: DAY,
  maxResultBytes: 1_572_864,
  continueAsNewAfterEvents: 4_000,
});

interface Rule {
  /** What a good value is, for the message. */
  expected: string;
  /** The value as the resolved options hold it, or undefined where it is refused. */
  read(value: unknown, toMs: ToMs): unknown;
}

/** Milliseconds of a duration, or undefined where it is none. */
export type ToMs = (duration: unknown) => number | undefined;

function duration(atLeast: number): Rule {
  const least = atLeast === 0 ? '' : ` of at least ${atLeast / SECOND} s`;
  return {
    expected: `a duration${least} and at most 3650 days, such as '90 minutes' or a number of milliseconds`,
    read(value, toMs) {
      const ms = toMs(value);
      return ms !== undefined && ms >= atLeast && ms <= LONGEST ? ms : undefined;
    },
  };
}

function number(expected: string, good: (value: number) => boolean): Rule {
  return { expected, read: (value) => (typeof value === 'number' && good(value) ? value : undefined) };
}

const wholeNumber = (least: number, most: number) =>
  number(`a whole number from ${least} to ${most}`, (n) => Number.isInteger(n) && n >= least && n <= most);

const RULES: Record<Exclude<keyof WaitOptions, 'version'>, Rule> = {
  files: {
    expected: FILE_SELECTIONS.map((name) => `'${name}'`).join(', '),
    read: (value) => FILE_SELECTIONS.find((name) => name === value),
  },
  queueLimit: duration(SECOND),
  runLimit: duration(SECOND),
  totalLimit: duration(SECOND),
  minimumGap: duration(SECOND),
  maximumGap: duration(SECOND),
  queuedMaximumGap: duration(SECOND),
  gapFraction: number('a number above 0 and at most 1', (n) => n > 0 && n <= 1),
  gapJitter: number('a number from 0 to 1', (n) => n >= 0 && n <= 1),
  safetyGap: duration(SECOND),
  notFoundGrace: duration(0),
  credentialBudget: duration(0),
  outageBudget: duration(0),
  unknownStatusBudget: duration(0),
  maxResultBytes: wholeNumber(1_024, 2 ** 31),
  continueAsNewAfterEvents: wholeNumber(50, 50_000),
};

/** The names of all wait options. */
export const WAIT_OPTION_NAMES: readonly string[] = Object.keys(RULES);

/**
 * Checks options and fills in the defaults. A value of `undefined` or `null` counts as not given.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function resolveWaitOptions(input: WaitOptionsInput<unknown>, toMs: ToMs): WaitOptions {
  const given: Partial<Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue;
    if (!Object.hasOwn(RULES, name)) {
      throw invalidInput(`Unknown option ${name}. Options of a wait: ${WAIT_OPTION_NAMES.join(', ')}.`);
    }
    const rule = RULES[name as keyof typeof RULES];
    const read = rule.read(value, toMs);
    if (read === undefined) throw invalidInput(`Option ${name} must be ${rule.expected}; got ${show(value)}.`);
    given[name] = read;
  }
  const options = { ...DEFAULT_WAIT_OPTIONS, ...given } as WaitOptions;
  for (const name of ['maximumGap', 'queuedMaximumGap'] as const) {
    if (options[name] >= options.minimumGap) continue;
    if (given[name] !== undefined) {
      throw invalidInput(
        `Option ${name} (${options[name]} ms) must not be shorter than minimumGap (${options.minimumGap} ms).`,
      );
    }
    options[name] = options.minimumGap;
  }
  return options;
}

/** A value as a message may show it: short, in one line. */
export function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (jsonOf(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
