import { isAttributes, isNumber, isNumbers, isText, listOf, isOneOf, orNull, type Shape, withFields } from '../shape';
import { checkCarried, wrongCarried } from '../option-rules';
import type { BatchState } from './state';

/**
 * Checks what continue-as-new carried. Anything that no version of this workflow writes comes from a caller, and would fail each workflow task.
 * @throws UnstructuredValidationError
 * @throws Error if a newer worker carried it; this fails the workflow task, not the workflow
 */
export function checkCarriedBatch(continued: { state: BatchState }): void {
  checkCarried('continued', continued);
  if (!isBatchState(continued.state)) throw wrongCarried('the state of a batch');
}

const isPlan = withFields({
  version: isOneOf(1),
  id: isText,
  earlier: listOf(withFields({ id: isText, jobs: isNumber })),
  digest: isText,
  jobs: isNumber,
  documents: isNumber,
  sizes: listOf(isNumber),
  leftOut: isNumbers,
});

/** The fields that every version since the first writes. Fields that were added later are optional. */
const isBatchState: Shape = withFields({
  version: isOneOf(1),
  plan: orNull(isPlan),
  options: withFields({
    parallel: isNumber,
    tolerated: isNumber,
    startSpacing: isNumber,
    continueAsNewAfterEvents: isNumber,
  }),
  next: isNumber,
  finished: listOf(listOf(isNumber)),
  lastStartAt: orNull(isNumber),
  startedAt: isNumber,
  finishedDocuments: isNumber,
  counts: isNumbers,
  endedJobs: isNumber,
  failedJobs: isNumber,
  outcome: isOneOf('running', 'stopped'),
  attributes: orNull(isAttributes),
});
