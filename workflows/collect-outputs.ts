import type { CollectAnswer, CollectRequest } from '../src/core/run/collect';
import { type CollectOptions, collectShown } from './run/collect';

/**
 * Saves a job's outputs through the activity `unstructured.collectJobOutputs`. If a worker dies, another one continues. Outputs that are
 * already stored completely are not fetched again.
 *
 * @throws ApplicationFailure `UnstructuredValidationError` for more outputs than fit into one answer, about 3,000, or a wrong option;
 * `UnstructuredTransferError` if `collectLimit` passes without an answer of the activity
 * @throws ActivityFailure; `unstructuredFailure(err)` returns the typed failure, such as UnstructuredTransferError
 */
export function collectJobOutputs(request: CollectRequest, options: CollectOptions = {}): Promise<CollectAnswer> {
  return collectShown(request, options, { unserved: null, note: () => undefined });
}
