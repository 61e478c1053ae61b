import { keyword } from '../../src/core/attributes';
import { upsertAttributes } from '../support/search-attributes';
import type { Batch } from './batch';

/** Sets the search attributes that changed. The runs of the batch set those of their jobs. */
export function upsertBatchAttributes(batch: Batch): void {
  const { input, state, unserved } = batch;
  batch.state = upsertAttributes(state, input.searchAttributes, {
    account: keyword(input.account),
    health: unserved ? 'no worker' : 'ok',
    startedAt: state.startedAt,
  });
}
