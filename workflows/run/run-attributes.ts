import { keyword } from '../../src/core/attributes';
import { healthOfRun } from '../../src/core/run/health';
import { upsertAttributes } from '../support/search-attributes';
import { upsertWaitAttributes } from '../wait/wait-attributes';
import type { Run } from './run';

/** Sets the search attributes that changed. Those reported in the answer to the start are set with the wait, which begins at once. */
export function upsertRunAttributes(run: Run): void {
  const { start, wait, input } = run;
  const health = healthOfRun(run);
  if (wait) upsertWaitAttributes(wait, health);
  if (wait || !start || start.state.startedJob) return;
  start.state = upsertAttributes(start.state, input.searchAttributes, {
    account: keyword(input.account),
    health,
    startedAt: start.begunAt,
  });
}
