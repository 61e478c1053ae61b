import { INITIAL_WAIT_OPTIONS } from '../../src/core/wait/options';
import { holding } from '../../src/core/wait/state';
import type { ReportedBack } from '../support/reported-back';
import { noteAttributesError } from '../support/search-attributes';
import type { Wait } from './wait';

/** What a wait proposes holds from the first answer that reports it back; where an answer reports nothing, all stays as it was. */
export function fixOptions(wait: Wait, { options: reported, attributesError }: ReportedBack, isAnswer: boolean): void {
  wait.state = noteAttributesError(wait.state, attributesError, { jobId: wait.state.jobId });
  if (!wait.proposed) return;
  if (reported) {
    wait.options = { ...INITIAL_WAIT_OPTIONS, ...reported };
    wait.state = holding(wait.state, wait.options);
  }
  if (reported || isAnswer) wait.proposed = undefined;
}
