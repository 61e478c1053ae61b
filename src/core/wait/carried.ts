import {
  CALL_ERROR,
  isAttributes,
  isBoolean,
  isNumber,
  isNumbers,
  isText,
  isUnserved,
  isOneOf,
  orNull,
  withFields,
} from '../shape';
import { checkCarried, wrongCarried } from '../option-rules';
import { isObject } from '../values';
import type { WaitOptions } from './options';
import { areWaitOptions } from './resolve-options';
import type { WaitState } from './state';

/** What continue-as-new carries from one run of the waiter to the next. */
export interface ContinuedWait {
  version: 1;
  options: WaitOptions;
  state: WaitState;
}

/**
 * Checks what continue-as-new carried. Anything that no version of this workflow writes comes from a caller, and would fail each workflow task.
 * @throws UnstructuredValidationError
 * @throws Error if a newer worker carried it; this fails the workflow task, not the workflow
 */
export function checkCarriedWait(continued: ContinuedWait): ContinuedWait {
  checkCarried('continued', continued);
  const { options, state }: { options?: unknown; state?: unknown } = continued;
  if (areWaitOptions(options) && isWaitState(state)) return continued;
  throw wrongCarried('options and state');
}

const isStreak = withFields({ count: isNumber, since: isNumber });
const isList = withFields({ entries: Array.isArray, total: isNumber, digest: orNull(isText), confirmedAt: isNumber });
const isSeenError = withFields({ ...CALL_ERROR, at: isNumber });

/** The fields that every version since the first writes. Fields that were added later are optional. */
const isWaitState = withFields({
  version: isOneOf(1),
  startedAt: isNumber,
  files: isText,
  job: orNull(withFields({ id: orNull(isText), status: isText })),
  statusSince: orNull(isNumber),
  queuedSince: orNull(isNumber),
  runningSince: orNull(isNumber),
  countedUntil: isNumber,
  queuedMs: isNumber,
  runningMs: isNumber,
  inputFileIds: orNull(isList),
  outputNodeFiles: orNull(isList),
  checks: isNumber,
  answers: isNumber,
  lastCheck: orNull(withFields({ begunAt: isNumber, endedAt: isNumber, outcome: isText })),
  lastUnfinishedCheckAt: orNull(isNumber),
  nextCheckAt: orNull(isNumber),
  failures: isNumbers,
  lastError: orNull(isSeenError),
  failing: orNull(isStreak),
  outage: orNull(isStreak),
  credentialFailing: orNull(isStreak),
  requestFailing: orNull(isStreak),
  jobNotFoundSince: orNull(isNumber),
  unknownStatuses: isNumbers,
  unknown: orNull(isStreak),
  unserved: orNull(isUnserved),
  attributes: orNull(isAttributes),
  watch: orNull(
    withFields({ offer: orNull(isObject), since: orNull(isNumber), failures: isNumber, checksBefore: isNumber }),
  ),
  nodes: orNull(
    withFields({
      shown: isBoolean,
      askedAt: isNumber,
      stats: orNull(Array.isArray),
      digest: orNull(isText),
      unchanged: orNull(withFields({ since: isNumber, until: isNumber })),
      stalled: isBoolean,
      error: orNull(isText),
    }),
  ),
  cancel: orNull(withFields({ since: isNumber, asks: isNumber, lastAskAt: isNumber, error: orNull(isSeenError) })),
  hints: withFields({
    received: isNumber,
    pending: isBoolean,
    checking: isBoolean,
    checkSoon: isBoolean,
    safetyGapMs: orNull(isNumber),
  }),
});
