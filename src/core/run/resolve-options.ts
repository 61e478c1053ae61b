import type { AttributeNames } from '../attributes';
import { BOOLEAN, readOption, type ToMs } from '../option-rules';
import {
  INITIAL_START_OPTIONS,
  resolveStartOptions,
  START_OPTION_NAMES,
  type StartOptions,
  type StartOptionsInput,
} from '../start/options';
import { given } from '../values';
import { type AwaitJobOptions, resolveAwaitJobOptions } from '../wait/input';
import { checkNames } from './check-input';
import { type CollectOptionsInput, readCollectLimit } from './collect';

/** Options of a run, for any subject: those of its start, of its wait and of the fetching of its outputs. */
export interface RunOptionsInput<D = number | string>
  extends Omit<AwaitJobOptions<D>, 'knownFiles' | 'files'>, StartOptionsInput<D>, CollectOptionsInput<D> {
  /**
   * Whether the progress contains the number of files in each state, by node. This takes one more call of the API, at most once a minute.
   * @default false
   */
  nodeCounts?: boolean | undefined;
}

/** The options of a run after the check. */
export interface ResolvedRunOptions {
  nodeCounts: boolean;
  /** In milliseconds. */
  collectLimit: number;
  /** Options of the start with the current defaults. They apply once the history contains them. */
  options: StartOptions;
  /** Options of the start that apply until then. */
  initial: StartOptions;
  account?: string;
  activityTaskQueue?: string;
  /** The search attributes that the run sets; null if it sets none. */
  searchAttributes: AttributeNames | null;
  /** Options of the wait as they were given, but checked. */
  wait: AwaitJobOptions<unknown>;
  /** Applies until the wait has its own value. */
  continueAsNewAfterEvents: number;
}

/**
 * Checks the options and fills in the defaults.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function resolveRunOptions(input: RunOptionsInput<unknown>, toMs: ToMs): ResolvedRunOptions {
  const { nodeCounts = false, collectLimit, ...rest } = given(input);
  checkNames(rest);
  const wait = withoutStartOptions(rest);
  const { account, activityTaskQueue, initial } = resolveAwaitJobOptions(wait, toMs);
  const { continueAsNewAfterEvents, searchAttributes } = initial;
  return {
    nodeCounts: readOption('nodeCounts', BOOLEAN, nodeCounts),
    collectLimit: readCollectLimit(collectLimit, toMs),
    options: resolveStartOptions(rest, toMs),
    initial: resolveStartOptions(rest, toMs, INITIAL_START_OPTIONS),
    account,
    activityTaskQueue,
    searchAttributes,
    wait,
    continueAsNewAfterEvents,
  };
}

function withoutStartOptions(rest: object): AwaitJobOptions<unknown> {
  const isGiven = ([name, value]: [string, unknown]) =>
    !START_OPTION_NAMES.includes(name) && value !== undefined && value !== null;
  return Object.fromEntries(Object.entries(rest).filter(isGiven));
}
