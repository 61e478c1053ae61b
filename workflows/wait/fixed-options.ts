import { INITIAL_WAIT_OPTIONS } from '../../src/core/wait/options';
import { holding } from '../../src/core/wait/state';
import type { BroughtBack } from '../support/reported-back';
import { holdAttributes } from '../support/search-attributes';
import type { Wait } from './wait';

/** What a wait proposes holds from the first answer that brings it back; where an answer brings nothing, all stays as it was. */
export function holdOptions(wait: Wait, { options: told, attributesError }: BroughtBack, isAnswer: boolean): void {
  wait.state = holdAttributes(wait.state, attributesError, { jobId: wait.state.jobId });
  if (!wait.proposed) return;
  if (told) {
    wait.options = { ...INITIAL_WAIT_OPTIONS, ...told };
    wait.state = holding(wait.state, wait.options);
  }
  if (told || isAnswer) wait.proposed = undefined;
}
