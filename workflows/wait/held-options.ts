import { ApplicationFailure, log } from '@temporalio/workflow';
import { type WithAttributes, withAttributes } from '../../src/core/attributes';
import { isObject } from '../../src/core/values';
import { INITIAL_WAIT_OPTIONS } from '../../src/core/wait/options';
import { holding } from '../../src/core/wait/state';
import type { Wait } from './wait';

/** What an activity's answer brings back beside what it tells. */
interface BroughtBack {
  /** undefined where it brings none, as that of a mock. */
  options?: object | undefined;
  /** What is wrong with the search attributes, or null; undefined where the server was not asked, or did not say. */
  attributesError?: string | null | undefined;
}

export function broughtBack(answer: unknown): BroughtBack {
  const { options, searchAttributesError: told } = (answer ?? {}) as Record<string, unknown>;
  return {
    options: isObject(options) ? options : undefined,
    attributesError: typeof told === 'string' || told === null ? told : undefined,
  };
}

/** The same of a failure. */
export function broughtInFailure(error: unknown): BroughtBack {
  for (let e = error; e instanceof Error; e = e.cause) {
    const back = e instanceof ApplicationFailure ? broughtBack(e.details?.[1]) : {};
    if (back.options || back.attributesError !== undefined) return back;
  }
  return {};
}

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

/** What is wrong is said once: whoever has the state goes on. */
export function holdAttributes<State extends WithAttributes>(
  state: State,
  attributesError: BroughtBack['attributesError'],
  meta: object = {},
): State {
  if (attributesError === undefined) return state;
  if (attributesError !== null && state.attributes?.error !== attributesError)
    log.warn('Search attributes cannot be set', { ...meta, attributesError });
  return withAttributes(state, attributesError);
}
