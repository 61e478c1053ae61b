import { ApplicationFailure } from '@temporalio/workflow';
import { isObject } from '../../src/core/values';
import { INITIAL_WAIT_OPTIONS } from '../../src/core/wait/options';
import { holding } from '../../src/core/wait/state';
import type { Wait } from './wait';

/** Options as an activity's answer brings them back; undefined where it brings none, as that of a mock. */
export function optionsIn(answer: unknown): object | undefined {
  const { options } = (answer ?? {}) as { options?: unknown };
  return isObject(options) ? options : undefined;
}

/** The same of a failure. */
export function optionsInFailure(error: unknown): object | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    const told = e instanceof ApplicationFailure ? optionsIn(e.details?.[1]) : undefined;
    if (told) return told;
  }
  return undefined;
}

/** What a wait proposes holds from the first answer that brings it back; where an answer brings nothing, all stays as it was. */
export function holdOptions(wait: Wait, told: object | undefined, isAnswer: boolean): void {
  if (!wait.proposed) return;
  if (told) {
    wait.options = { ...INITIAL_WAIT_OPTIONS, ...told };
    wait.state = holding(wait.state, wait.options);
  }
  if (told || isAnswer) wait.proposed = undefined;
}
