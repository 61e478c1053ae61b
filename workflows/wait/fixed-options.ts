import { INITIAL_WAIT_OPTIONS } from '../../src/core/wait/options';
import { holding } from '../../src/core/wait/state';
import type { ReportedBack } from '../support/reported-back';
import { noteAttributesError } from '../support/search-attributes';
import type { Wait } from './wait';

/** Applies the proposed options once an answer has reported them back. If an answer reports none, the options stay as they are. */
export function fixOptions(wait: Wait, { options: reported, attributesError }: ReportedBack, isAnswer: boolean): void {
  wait.state = noteAttributesError(wait.state, attributesError, { jobId: wait.state.jobId });
  if (!wait.proposed) return;
  if (reported) {
    wait.options = { ...INITIAL_WAIT_OPTIONS, ...reported };
    wait.state = holding(wait.state, wait.options);
  }
  if (reported || isAnswer) wait.proposed = undefined;
}
