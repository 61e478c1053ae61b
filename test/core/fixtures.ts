import type { CallError } from '../../src/core/call-error';
import { type ApiErrorDetails, ERROR_KINDS, type ErrorKind, isRetryable } from '../../src/core/errors';
import type { JobSummary, NodeFile } from '../../src/core/job';
import type { JobDetails } from '../../src/core/job-details';
import type { ListCheck, Observation } from '../../src/core/wait/job-check';
import { observe } from '../../src/core/wait/observe';
import { DEFAULT_WAIT_OPTIONS, type WaitOptions } from '../../src/core/wait/options';
import { startWait, type WaitState } from '../../src/core/wait/state';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** When the scripted waits begin: 2026-01-01T00:00:00Z. */
export const START = Date.UTC(2026, 0, 1);

export const JOB_ID = '4c3a8f0e-91b4-4b0a-9d7e-0d5a6f1e2b3c';

export function jobSummary(status: string): JobSummary {
  return {
    id: JOB_ID,
    workflowId: '0b1f6a52-6f4e-4b0e-8f3a-7c1d2e3f4a5b',
    workflowName: 'Job 4c3a8f0e',
    status,
    createdAt: '2026-01-01T00:00:00.000Z',
    runtime: 'PT0S',
    jobType: 'ephemeral',
  };
}

export function nodeFile(fileId: string, nodeId = 'partition'): NodeFile {
  return { nodeId, fileId };
}

export function listOf<T>(entries: T[], digest = JSON.stringify(entries)): NonNullable<ListCheck<T>> {
  return { digest, total: entries.length, entries };
}

interface Lists {
  inputFileIds?: ListCheck<string>;
  outputNodeFiles?: ListCheck<NodeFile>;
}

/** The API answered with this status. */
export function answer(status: string, { inputFileIds = null, outputNodeFiles = null }: Lists = {}): Observation {
  return { type: 'answer', check: { job: jobSummary(status), inputFileIds, outputNodeFiles } };
}

/** Details of a job of three files, so many of which are through with its one node. */
export function nodesAt(success: number, node: object = {}): { answer: JobDetails } {
  const names = { nodeName: 'Partitioner', nodeType: 'partition', nodeSubtype: null };
  const counts = { ready: 0, inProgress: 3 - success, success, failure: 0 };
  const details = { jobId: JOB_ID, processingStatus: 'IN_PROGRESS', message: null };
  return { answer: { ...details, nodeStats: [{ ...names, ...counts, ...node }] } };
}

/** The API, or the way to it, failed. */
export function error(
  kind: ErrorKind,
  details: Partial<ApiErrorDetails> = {},
): Observation & { error: Extract<CallError, { api: ApiErrorDetails }> } {
  const { type } = ERROR_KINDS[kind];
  const api = { kind, ...details };
  return { type: 'error', error: { type, message: `${kind} failed`, api, retryable: isRetryable(api) } };
}

/** The API says that it does not know the job. */
export const jobNotFound = error('notFound', { status: 404, detail: 'Job not found' });
/** Something on the way answers 404. */
export const gateway404 = error('notFound', { status: 404, detail: 'Not Found' });
/** Temporal gave up on the check. */
export const noAnswer: Observation = { type: 'noAnswer', timeoutType: 'SCHEDULE_TO_CLOSE' };

export function optionsWith(options: Partial<WaitOptions> = {}): WaitOptions {
  return { ...DEFAULT_WAIT_OPTIONS, ...options };
}

export function newWait(knownFiles?: NodeFile[], files: WaitState['files'] = 'all'): WaitState {
  return startWait({ jobId: JOB_ID, files, safetyGapMs: null, knownFiles }, START);
}

/** The state after these checks, a minute apart, each of one second; the first begins with the wait. */
export function after(observations: Observation[], state = newWait()): WaitState {
  return observations.reduce((before, observation, i) => {
    const begunAt = START + i * MINUTE;
    return observe(before, observation, begunAt, begunAt + SECOND);
  }, state);
}

/** What a function throws. */
export function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('It threw nothing.');
}
