import {
  CALL_ERROR,
  isAttributes,
  isNumber,
  isText,
  isUnserved,
  listOf,
  isOneOf,
  orNull,
  type Shape,
  withFields,
} from '../shape';
import { wrongCarried } from '../option-rules';
import { areRefused, isJob } from './check-answers';
import type { StartState } from './state';

/**
 * Checks a state that continue-as-new carried.
 * @throws UnstructuredValidationError if no version of a workflow writes such a state. Then a caller wrote it, and it would fail each workflow task
 */
export function checkCarriedStart(state: StartState): StartState {
  if (isStartState(state)) return state;
  throw wrongCarried('the state of a start');
}

const isError = withFields(CALL_ERROR);
const isJobs = listOf(isJob);

const isBroken = withFields({ documents: areRefused, sends: isNumber, since: isNumber, at: isNumber });

const isRefused = withFields({
  limitedSince: orNull(isNumber),
  outageSince: orNull(isNumber),
  credentialSince: orNull(isNumber),
  broken: orNull(isBroken),
  count: isNumber,
  at: isNumber,
  error: isError,
});

const isUncertain = withFields({
  sentAt: isNumber,
  since: isNumber,
  lostAt: orNull(isNumber),
  error: isError,
  searches: isNumber,
  failedSearches: isNumber,
  lastSearchAt: isNumber,
  partialSearches: orNull(isNumber),
  resetRunId: orNull(isText),
  cancelledAt: orNull(isNumber),
});

/** The fields that every version since the first writes. Fields that were added later are optional. */
const isStartState: Shape = withFields({
  version: isOneOf(1),
  token: orNull(isText),
  sends: isNumber,
  lastSendAt: orNull(isNumber),
  refused: orNull(isRefused),
  refusedBefore: orNull(withFields({ limitedSince: orNull(isNumber), outageSince: orNull(isNumber) })),
  uncertain: orNull(isUncertain),
  busy: orNull(withFields({ since: isNumber, looks: isNumber, lastLookAt: isNumber, running: isJobs })),
  earlierJobIds: orNull(listOf(isText)),
  skipped: orNull(areRefused),
  givenUp: orNull(areRefused),
  candidates: orNull(withFields({ jobs: isJobs, total: isNumber, unlisted: listOf(isText) })),
  searchedRunId: orNull(isText),
  startedJob: orNull(withFields({ how: isText, job: isJob })),
  unserved: orNull(isUnserved),
  nextStepAt: orNull(isNumber),
  attributes: orNull(isAttributes),
});
