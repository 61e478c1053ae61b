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

/** A wait under way: the state is replaced as a whole, by the loop and by the signal handler. */
export interface Wait {
  readonly input: ResolvedWaitInput;
  /** What holds now. */
  options: WaitOptions;
  /** What holds once a check has reported it back; undefined where that is done. */
  proposed?: WaitOptions;
  state: WaitState;
  activity: WaitProgress['activity'];
  /** Where what a hint ends runs: timers and watches. */
  pauses?: CancellationScope;
}

/** What a pause comes to that a hint ended. */
export const HINTED = 'hinted';

/** What differs between the forms of a wait. */
export interface WaitHooks {
  /** Begins a timer or a watch, unless a hint is pending that may end it; resolves to `HINTED` where a hint did. */
  pause(begin: () => Promise<unknown>, hintable: boolean): Promise<unknown>;
  /** The state changed. */
  changed?(): void;
  /** The next step is a check or a sleep; may continue as new, which never returns. */
  beforeStep?(): Promise<void> | undefined;
}

/**
 * What a wait knows of its activities' task queue, and shows. How long the last check took says something of the queue where it was answered: one that
 * failed was repeated. The first comes after a start, if after anything, which took as long as its documents.
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

/** Whether a wait has asked for anything since: one that continued as new without that would never end. */
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
