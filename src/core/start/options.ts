import {
  areResolved,
  BOOLEAN,
  CONFIRM_LIMIT,
  duration,
  oneOf,
  readOptions,
  type Rules,
  TEXT,
  type ToMs,
  wholeNumber,
} from '../option-rules';

/** What to do when a workflow answers "a run is in progress, no new job". */
const WHEN_BUSY = ['wait', 'adopt', 'fail'] as const;
export type WhenBusy = (typeof WHEN_BUSY)[number];

/** What happens to refused documents. */
export const ON_REFUSED = ['fail', 'skip'] as const;
export type OnRefused = (typeof ON_REFUSED)[number];

/** How a start behaves, as callers write it. `D` is a Temporal `Duration`. */
export interface StartOptionsInput<D = number | string> {
  /**
   * Whether uploaded names begin with a short token of this start, so that the job of a start whose answer was lost can be identified. The
   * names also appear in the outputs' metadata. Without a token, such a start ends with UnstructuredStartUncertainError.
   * @default true
   */
  startToken?: boolean | undefined;
  /**
   * What to do if a run of the workflow is in progress. `'wait'`: wait for its end and then run, because it may predate your documents. `'adopt'`:
   * take that run as yours. `'fail'`: fail with UnstructuredWorkflowBusyError.
   * @default 'wait'
   */
  whenBusy?: WhenBusy | undefined;
  /** How long a start is retried if it is refused with 429, 409 or 425, or finds the workflow busy. @default '24 hours' */
  startBudget?: D | undefined;
  /**
   * How long a start is retried if it does not reach the service completely: DNS, a refused connection, no worker, a document that breaks off. A
   * document that breaks off again and again while others can be read is refused after 10 minutes and at least three sends. A document whose host is
   * unknown while the API can be reached is refused in the same way. If this option is shorter than 10 minutes, both are refused after this time.
   * @default '12 hours'
   */
  startOutageBudget?: D | undefined;
  /** Shortest time between two starts of this run. The service requires 1 second. @default '1 second' */
  startSpacing?: D | undefined;
  /** Most documents of a job. @default 10, as documented for on-demand jobs */
  maxDocuments?: number | undefined;
  /** Largest document, in bytes. @default 52_428_800 (50 MiB) */
  maxDocumentBytes?: number | undefined;
  /**
   * How to handle documents that the worker may not or cannot read. `'fail'`: nothing is sent, and UnstructuredDocumentRefusedError names
   * all of them. `'skip'`: the others are sent, and each document left out has an entry `skipped` in the result; if none is left, the start
   * fails.
   * @default 'fail'
   */
  onRefused?: OnRefused | undefined;
  /**
   * Longest time for one upload and its answer. A start that takes longer is uncertain if all documents were sent, and is sent again if not.
   * @default '1 hour'
   */
  uploadTimeout?: D | undefined;
  /**
   * Task queue of the activities that start jobs. A queue with a server-side rate limit paces all workers together.
   * @default `activityTaskQueue`
   */
  startTaskQueue?: string | undefined;
  /** How long a cancelled run looks for the job of a start whose answer was lost. Also an option of the wait. @default '5 minutes' */
  confirmLimit?: D | undefined;
  /** How long a storage may refuse the worker's credential before the start is sent. Also an option of the wait. @default '1 hour' */
  credentialBudget?: D | undefined;
}

/** Options after the check: milliseconds, every default filled in, plain data. */
export interface StartOptions {
  version: 1;
  startToken: boolean;
  whenBusy: WhenBusy;
  startBudget: number;
  startOutageBudget: number;
  startSpacing: number;
  maxDocuments: number;
  maxDocumentBytes: number;
  onRefused: OnRefused;
  uploadTimeout: number;
  startTaskQueue: string | null;
  confirmLimit: number;
  credentialBudget: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * The value of each option that is not given, until a history holds another value. The first send takes the resolved options along, and its answer or
 * failure reports them back. Before that, only these values decide `startToken`, `maxDocuments` and `startTaskQueue`. Histories depend on these
 * values: never change one.
 */
export const INITIAL_START_OPTIONS: Readonly<StartOptions> = Object.freeze({
  version: 1,
  startToken: true,
  whenBusy: 'wait',
  startBudget: 24 * HOUR,
  startOutageBudget: 12 * HOUR,
  startSpacing: SECOND,
  maxDocuments: 10,
  maxDocumentBytes: 50 * 1_024 * 1_024,
  onRefused: 'fail',
  uploadTimeout: HOUR,
  startTaskQueue: null,
  confirmLimit: 5 * MINUTE,
  credentialBudget: HOUR,
});

/** The defaults; durations are in milliseconds. These may change: to change a default, name it here. */
export const DEFAULT_START_OPTIONS: Readonly<StartOptions> = Object.freeze({ ...INITIAL_START_OPTIONS });

const RULES: Rules<Omit<StartOptions, 'version'>> = {
  startToken: BOOLEAN,
  whenBusy: oneOf(WHEN_BUSY),
  startBudget: duration(0),
  startOutageBudget: duration(0),
  startSpacing: duration(0),
  maxDocuments: wholeNumber(1),
  maxDocumentBytes: wholeNumber(1),
  onRefused: oneOf(ON_REFUSED),
  uploadTimeout: duration(10 * SECOND),
  startTaskQueue: TEXT,
  confirmLimit: CONFIRM_LIMIT,
  credentialBudget: duration(0),
};

/** Options of a wait that also apply to its start. */
const SHARED: readonly string[] = ['confirmLimit', 'credentialBudget'];

/** The names of all options of a start that are not options of the wait. */
export const START_OPTION_NAMES: readonly string[] = Object.keys(RULES).filter((name) => !SHARED.includes(name));

/**
 * Checks options and fills in the defaults. A value of `undefined` or `null` counts as not given. Names that are not options of a start are not
 * checked here.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function resolveStartOptions(
  input: StartOptionsInput<unknown>,
  toMs: ToMs,
  defaults: Readonly<StartOptions> = DEFAULT_START_OPTIONS,
): StartOptions {
  return { ...defaults, ...readOptions(RULES, input, toMs) };
}

/** Whether every known option in `value` is valid in its resolved form. Unknown options, as of another version, are ignored. */
export function areStartOptions(value: unknown): value is StartOptions {
  return areResolved(value, RULES, INITIAL_START_OPTIONS);
}
