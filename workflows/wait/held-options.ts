import { ApplicationFailure, log } from '@temporalio/workflow';
import { isObject } from '../../src/core/values';
import { INITIAL_WAIT_OPTIONS } from '../../src/core/wait/options';
import { holding } from '../../src/core/wait/state';
import { withAttributes } from '../../src/core/wait/tell-attributes';
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
  if (attributesError !== undefined) holdAttributes(wait, attributesError);
  if (!wait.proposed) return;
  if (told) {
    wait.options = { ...INITIAL_WAIT_OPTIONS, ...told };
    wait.state = holding(wait.state, wait.options);
  }
  if (told || isAnswer) wait.proposed = undefined;
}

/** Said once: the wait goes on, and the progress tells. */
function holdAttributes(wait: Wait, attributesError: string | null): void {
  const { jobId, attributes } = wait.state;
  if (attributesError !== null && attributes?.error !== attributesError)
    log.warn('The wait is not told by its search attributes', { jobId, attributesError });
  wait.state = withAttributes(wait.state, attributesError);
}
