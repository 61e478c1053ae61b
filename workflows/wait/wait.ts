import type { CancellationScope } from '@temporalio/workflow';
import { durationToMs } from '../../src/common/duration';
import { waitProgress, type WaitProgress } from '../../src/core/wait/progress';
import { budgetEnds } from '../../src/core/wait/budgets';
import { nextLimitAt } from '../../src/core/wait/decision';
import { type AwaitJobInput, type ResolvedWaitInput, resolveWaitInput } from '../../src/core/wait/input';
import type { WaitOptions } from '../../src/core/wait/options';
import { startWait, type WaitState } from '../../src/core/wait/state';
import { checked } from '../support/failures';
import type { ActivityQueue } from '../support/schedule';

/** A wait in progress. The loop and the signal handler replace its state as a whole. */
export interface Wait {
  readonly input: ResolvedWaitInput;
  /** The options that apply now. */
  options: WaitOptions;
  /** Options that apply once a check has reported them back; undefined after that. */
  proposed?: WaitOptions;
  state: WaitState;
  activity: WaitProgress['activity'];
  /** Scope of the timers and watches that a hint ends. */
  pauses?: CancellationScope;
}

/** Result of a pause that a hint ended. */
export const HINTED = 'hinted';

/** The differences between the forms of a wait. */
export interface WaitHooks {
  /** Begins a timer or a watch, unless a pending hint would end it at once. Resolves to `HINTED` if a hint ended it. */
  pause(begin: () => Promise<unknown>, hintable: boolean): Promise<unknown>;
  /** Called when the state has changed. */
  changed?(): void;
  /** Called before a check or a sleep. It may continue as new and then never returns. */
  beforeStep?(): Promise<void> | undefined;
}

/**
 * The task queue of a wait's activities, with what the wait knows about it. The time of the last check says something about the queue only if the
 * check was answered, because a failed check includes retries. Before the first check, at most a start has run, and its time depends on its
 * documents.
 */
export function waitQueue(wait: Wait, hooks: WaitHooks): ActivityQueue {
  const { unserved, lastCheck, checks } = wait.state;
  return {
    taskQueue: wait.input.activityTaskQueue,
    unserved,
    lastMs: lastCheck?.outcome === 'answer' && checks > 0 ? lastCheck.endedAt - lastCheck.begunAt : 0,
    note: (now) => {
      wait.state = { ...wait.state, unserved: now };
      hooks.changed?.();
    },
  };
}

/** Whether a wait has made a check or a count since. A wait that continued as new without one would never end. */
export function hasAsked({ state }: Wait, since: WaitState): boolean {
  return state.checks > since.checks || state.nodes?.askedAt !== since.nodes?.askedAt;
}

export function createWait(given: AwaitJobInput<unknown>): Wait {
  const input = checkInput(given);
  const { options: proposed, initial, state } = input;
  const options = initial ?? proposed;
  const start = { ...input, files: options.files, safetyGapMs: options.safetyGap };
  return {
    input,
    options,
    ...(initial && { proposed }),
    state: state ?? startWait(start, Date.now()),
    activity: 'sleeping',
  };
}

/** @throws ApplicationFailure `UnstructuredValidationError` */
export function checkInput(input: AwaitJobInput<unknown>): ResolvedWaitInput {
  return checked(() => resolveWaitInput(input, durationToMs));
}

export function progressOfWait(wait: Wait): WaitProgress {
  const { state, options, activity, input } = wait;
  const budgetEndsAt = budgetEnds(state, options);
  return waitProgress(state, nextLimitAt(state, options), activity, { account: input.account ?? null, budgetEndsAt });
}
