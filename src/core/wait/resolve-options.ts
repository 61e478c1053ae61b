import { invalidInput } from '../errors';
import { FILE_SELECTIONS } from '../job';
import {
  areResolved,
  CONFIRM_LIMIT,
  duration,
  number,
  oneOf,
  readOptions,
  refuseUnknown,
  type Rules,
  type ToMs,
  wholeNumber,
} from '../option-rules';
import { given } from '../values';
import { ATTRIBUTES } from '../attributes';
import {
  DEFAULT_WAIT_OPTIONS,
  FAILED_FILES_POLICIES,
  INITIAL_WAIT_OPTIONS,
  REMOTE_POLICIES,
  type WaitOptions,
  type WaitOptionsInput,
} from './options';

const SECOND = 1_000;

const RULES: Rules<Omit<WaitOptions, 'version'>> = {
  files: oneOf(FILE_SELECTIONS),
  queueLimit: duration(SECOND),
  runLimit: duration(SECOND),
  totalLimit: duration(SECOND),
  stallLimit: duration(SECOND),
  minimumGap: duration(SECOND),
  maximumGap: duration(SECOND),
  queuedMaximumGap: duration(SECOND),
  gapFraction: number('a number above 0 and at most 1', (n) => n > 0 && n <= 1),
  gapJitter: number('a number from 0 to 1', (n) => n >= 0 && n <= 1),
  safetyGap: duration(SECOND),
  notFoundGrace: duration(0),
  credentialBudget: duration(0),
  requestErrorBudget: duration(0),
  outageBudget: duration(0),
  unknownStatusBudget: duration(0),
  onCancel: oneOf(REMOTE_POLICIES),
  onLimit: oneOf(REMOTE_POLICIES),
  confirmLimit: CONFIRM_LIMIT,
  failedFiles: oneOf(FAILED_FILES_POLICIES),
  maxResultBytes: wholeNumber(1_024, 2 ** 31),
  continueAsNewAfterEvents: wholeNumber(50, 50_000),
  searchAttributes: ATTRIBUTES,
};

/** The names of all wait options. */
export const WAIT_OPTION_NAMES: readonly string[] = Object.keys(RULES);

/** All names, including those of the options without a default. */
const ALL_NAMES = [...WAIT_OPTION_NAMES, 'account', 'activityTaskQueue', 'knownFiles'];

/**
 * Checks options and fills in the defaults. A value of `undefined` or `null` counts as not given.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function resolveWaitOptions(
  input: WaitOptionsInput<unknown>,
  toMs: ToMs,
  defaults: Readonly<WaitOptions> = DEFAULT_WAIT_OPTIONS,
): WaitOptions {
  refuseUnknown('', given(input), ALL_NAMES);
  return filledIn(readOptions(RULES, input, toMs), defaults);
}

/** Whether every known option in `value` is valid in its resolved form. Unknown options, as of another version, are ignored. */
export function areWaitOptions(value: unknown): value is WaitOptions {
  return areResolved(value, RULES, INITIAL_WAIT_OPTIONS);
}

/** An input that is refused once is refused in every replay, so the check uses no default that may change. */
function filledIn(given: Partial<WaitOptions>, defaults: Readonly<WaitOptions>): WaitOptions {
  const { minimumGap } = { ...INITIAL_WAIT_OPTIONS, ...given };
  const options = { ...defaults, ...given };
  for (const name of ['maximumGap', 'queuedMaximumGap'] as const) {
    const gap = given[name];
    if (gap !== undefined && gap < minimumGap)
      throw invalidInput(`Option ${name} (${gap} ms) must not be shorter than minimumGap (${minimumGap} ms).`);
    if (gap !== undefined && gap < options.minimumGap) options.minimumGap = gap;
  }
  options.maximumGap = Math.max(options.maximumGap, options.minimumGap);
  options.queuedMaximumGap = Math.max(options.queuedMaximumGap, options.minimumGap);
  return options;
}
