import { hashText } from '../digest';
import { ACCOUNT_MEMO, JOB_ID_MEMO, nextJobWaiterPrefix, WAIT_MEMO, waiterWorkflowId } from '../names';
import { isObject } from '../values';
import type { ResolvedWaitInput } from './input';
import type { WaitState, WaitSubject } from './state';

/** What a waiter notes in its memo, for those who would join it. */
interface WaitNote {
  /** Digest of the options that decide what the wait answers: see {@link answerDigest}. */
  answer: string;
  /** Which call started it. Missing from a waiter that a parent workflow started. */
  startedBy?: string;
}

/** Workflow id of the waiter that callers share: for a job, or for the first job that a workflow starts after some time. */
export function sharedWorkflowId({ jobId, awaited }: WaitSubject): string {
  if (jobId !== null) return waiterWorkflowId(jobId);
  return nextJobWaiterPrefix(awaited.workflowId) + awaited.createdAfter;
}

/**
 * Tells waits for one job apart by what they answer: which files, what becomes of failed documents, and by whose account, which is that of
 * the name and of the workers on the activities' queue. Two with other limits, gaps or policies are the same: those are the waiter's own
 * business.
 * @param activityTaskQueue The queue that they run on
 */
export function answerDigest({ account, knownFiles, options }: ResolvedWaitInput, activityTaskQueue: string): string {
  const { files, failedFiles } = options;
  return hashText(JSON.stringify([activityTaskQueue, account ?? null, files, failedFiles, knownFiles ?? null]));
}

/** The memo that a waiter begins with: what it answers, and what lists of workflows show of it. */
export function memoOfWait(input: ResolvedWaitInput, answer: string, startedBy?: string) {
  const note: WaitNote = { answer, ...(startedBy !== undefined && { startedBy }) };
  return { [WAIT_MEMO]: note, ...memoOfJob(input, input.account) };
}

/** What lists of workflows show of a wait or a run: its job, once it is known, and the account that its input names. */
export function memoOfJob({ jobId }: Pick<WaitState, 'jobId'>, account?: string): Record<string, string> {
  return {
    ...(jobId !== null && { [JOB_ID_MEMO]: jobId }),
    ...(account !== undefined && { [ACCOUNT_MEMO]: account }),
  };
}

/**
 * What a waiter's memo lacks of that: all, where it was started by name, and the job that was not there yet.
 * @param memo What it holds
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

/** What a waiter noted; nothing where it was started by name, without a note. */
export function noteOfWait(memo: Record<string, unknown> | undefined): Partial<WaitNote> {
  const note = memo?.[WAIT_MEMO];
  return isObject(note) ? note : {};
}

/**
 * Workflow ids to try in turn: the shared one, that of the waiters which give the same answer beside it, and one that nobody shares.
 * @param unique Belongs to this call alone
 */
export function waiterIds(sharedId: string, answer: string, unique: string): [string, ...string[]] {
  const sameAnswer = `${sharedId}/${answer}`;
  return [sharedId, sameAnswer, `${sameAnswer}/${unique}`];
}
