import type { CollectAnswer, CollectRequest } from '../src/core/run/collect';
import { type CollectOptions, collectShown } from './run/collect';

/**
 * Saves a job's outputs through the activity `unstructured.collectJobOutputs`. A worker that dies is replaced, and what is there and whole is
 * not fetched again.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for more outputs than one answer holds, about 3,000, or a wrong option;
 * `UnstructuredTransferError` where the limit passes without a word of the activity
 * @throws ActivityFailure; `unstructuredFailure(err)` gives the typed failure inside, such as UnstructuredTransferError
 */
export function collectJobOutputs(request: CollectRequest, options: CollectOptions = {}): Promise<CollectAnswer> {
  return collectShown(request, options, { unserved: null, note: () => undefined });
}
