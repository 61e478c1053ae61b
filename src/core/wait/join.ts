import { hashText } from '../digest';
import { ACCOUNT_MEMO, JOB_ID_MEMO, nextJobWaiterPrefix, WAIT_MEMO, waiterWorkflowId } from '../names';
import { isObject } from '../values';
import type { ResolvedWaitInput } from './input';
import type { WaitState, WaitSubject } from './state';

/** What a waiter notes in its memo for callers that want to join it. */
interface WaitNote {
  /** Digest of the options that decide what the wait answers: see {@link answerDigest}. */
  answer: string;
  /** The call that started the waiter. Absent if a parent workflow started it. */
  startedBy?: string;
}

/** Workflow id of the waiter that callers share: for a job, or for the first job of a workflow that is created after a given time. */
export function sharedWorkflowId({ jobId, awaited }: WaitSubject): string {
  if (jobId !== null) return waiterWorkflowId(jobId);
  return nextJobWaiterPrefix(awaited.workflowId) + awaited.createdAfter;
}

/**
 * Distinguishes waits for one job by what they answer: which files, what happens to failed documents, and by which account. The account depends on
 * its name and on the workers of the activities' task queue. Waits that differ only in limits, gaps or other policies have the same digest, because
 * those concern only the waiter itself.
 * @param activityTaskQueue The task queue of the activities
 */
export function answerDigest({ account, knownFiles, options }: ResolvedWaitInput, activityTaskQueue: string): string {
  const { files, failedFiles } = options;
  return hashText(JSON.stringify([activityTaskQueue, account ?? null, files, failedFiles, knownFiles ?? null]));
}

/** The memo of a waiter at its start: what it answers, and what lists of workflows show about it. */
export function memoOfWait(input: ResolvedWaitInput, answer: string, startedBy?: string) {
  const note: WaitNote = { answer, ...(startedBy !== undefined && { startedBy }) };
  return { [WAIT_MEMO]: note, ...memoOfJob(input, input.account) };
}

/** What lists of workflows show about a wait or a run: its job, once it is known, and the account that its input names. */
export function memoOfJob({ jobId }: Pick<WaitState, 'jobId'>, account?: string): Record<string, string> {
  return {
    ...(jobId !== null && { [JOB_ID_MEMO]: jobId }),
    ...(account !== undefined && { [ACCOUNT_MEMO]: account }),
  };
}

/**
 * The entries of {@link memoOfJob} that a waiter's memo lacks: all if the waiter was started by its workflow type, without this package's client, and
 * the job if it had not appeared at the start.
 * @param memo The entries that the memo has
 */
export function lackingInMemo(
  memo: Record<string, unknown> = {},
  { jobId, awaited }: Pick<WaitState, 'jobId' | 'awaited'>,
  account?: string,
): Record<string, string> {
  if (WAIT_MEMO in memo && !awaited) return {};
  return Object.fromEntries(
    Object.entries(memoOfJob({ jobId }, account)).filter(([name, told]) => memo[name] !== told),
  );
}

/** The note in a waiter's memo; empty if the waiter was started by its workflow type, without a note. */
export function noteOfWait(memo: Record<string, unknown> | undefined): Partial<WaitNote> {
  const note = memo?.[WAIT_MEMO];
  return isObject(note) ? note : {};
}

/**
 * Workflow ids to try in turn: the shared one, the one of other waiters with the same answer, and one that is not shared.
 * @param unique Text that belongs to this call alone
 */
export function waiterIds(sharedId: string, answer: string, unique: string): [string, ...string[]] {
  const sameAnswer = `${sharedId}/${answer}`;
  return [sharedId, sameAnswer, `${sameAnswer}/${unique}`];
}
