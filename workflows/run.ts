import { ApplicationFailure, isCancellation, uuid4 } from '@temporalio/workflow';
import { cutList } from '../src/core/encoded-size';
import { UnstructuredError } from '../src/core/errors';
import type { NodeFile } from '../src/core/job';
import type { NodeStats } from '../src/core/job-details';
import type { JobSummary } from '../src/core/wait/job-check';
import { resolveRunInput, type ResolvedRun, type ResumedRun, type RunJobInput } from '../src/core/run/input';
import { progressOfRun, type RunProgress } from '../src/core/run/progress';
import type { TransferProgress } from '../src/core/start/request';
import { beginStart, beginUncertain, type Launched } from '../src/core/start/state';
import { uploadsOf } from '../src/core/start/upload-names';
import { isoTime } from '../src/core/iso-time';
import { durationToMs } from '../src/duration';
import { toApplicationFailure, unstructuredFailure } from '../src/failure';
import { progressOfWait, type Wait } from './wait';
import type { Start } from './start-job';

/** A run under way. */
export interface Run {
  readonly input: ResolvedRun;
  /** What uploaded names begin with; null without a token. */
  readonly token: string | null;
  /** null where the caller handed in the job. */
  readonly start: Start | null;
  wait: Wait | null;
  transfer: TransferProgress | null;
  /** How many outputs are fetched; null before. */
  outputs: number | null;
  nodeStats: NodeStats[] | null;
  /** When that was last asked for, in milliseconds since the epoch. */
  nodesCountedAt: number;
  isEnded: boolean;
}

/** @throws ApplicationFailure `UnstructuredValidationError` */
export function createRun(given: RunJobInput<unknown>): Run {
  const input = checkInput(given);
  const token = tokenOf(input);
  return {
    input,
    token,
    start: input.resume?.jobId === undefined ? createStart(input, token) : null,
    wait: null,
    transfer: null,
    outputs: null,
    nodeStats: null,
    nodesCountedAt: 0,
    isEnded: false,
  };
}

/** What takes this run up again under another run; undefined where certainly no job was started. */
export function resumeOf({ input, token, start }: Run): ResumedRun | undefined {
  if (!start) return input.resume ?? undefined;
  const { launched, lastSendAt, uncertain } = start.state;
  if (launched) return { jobId: launched.job.id, launchFiles: cutList(launched.outputNodeFiles ?? []), token };
  const sentAt = uncertain?.sentAt ?? (start.activity === 'sending' ? lastSendAt : null);
  return sentAt === null ? undefined : { token, sentAt: isoTime(sentAt) };
}

/** The failure of a run: what it was, and in its details what takes the run up again. A cancellation stays one. */
export function failureOfRun(error: unknown, run: Run): unknown {
  const failure = isCancellation(error) ? undefined : unstructuredFailure(error);
  const resume = resumeOf(run);
  if (!failure || !resume) return error;
  const { type, message, details } = failure;
  return ApplicationFailure.create({ type, message, details: [{ ...details, run: resume }], nonRetryable: true });
}

export function progressOf(run: Run): RunProgress {
  const { input, start, wait, transfer, outputs, nodeStats, isEnded } = run;
  return progressOfRun({
    documents: input.documents.length,
    jobId: launchedJobId(run),
    start,
    wait: wait && progressOfWait(wait),
    transfer,
    outputs,
    nodeStats,
    isEnded,
  });
}

function launchedJobId({ input, start }: Run): string | null {
  return input.resume?.jobId ?? start?.state.launched?.job.id ?? null;
}

/** The job of a run, and what its launch answer told of its files. */
export interface Launch {
  how: Launched['how'] | 'given';
  jobId: string;
  inputFileIds: string[];
  launchFiles: NodeFile[] | undefined;
  /** The job as the answer to the start told it, sent at `sentAt`; null where there was no such answer. */
  answered: { job: JobSummary; sentAt: number } | null;
}

/** @param launched null where the caller handed in the job: of that only the id and perhaps a list are known */
export function launchOf({ input, start }: Run, launched: Launched | null): Launch {
  if (!launched) {
    const { jobId = '', launchFiles } = input.resume ?? {};
    return { how: 'given', jobId, inputFileIds: [], launchFiles, answered: null };
  }
  const { how, job, inputFileIds, outputNodeFiles } = launched;
  const sentAt = start?.state.lastSendAt;
  return {
    how,
    jobId: job.id,
    inputFileIds: inputFileIds ?? [],
    launchFiles: outputNodeFiles ?? undefined,
    answered: how === 'answered' && sentAt != null ? { job, sentAt } : null,
  };
}

function checkInput(given: RunJobInput<unknown>): ResolvedRun {
  try {
    return resolveRunInput(given, durationToMs);
  } catch (error) {
    throw error instanceof UnstructuredError ? toApplicationFailure(error) : error;
  }
}

function tokenOf({ resume, continued, options, documents }: ResolvedRun): string | null {
  if (continued?.start) return continued.start.token;
  if (resume) return resume.token ?? null;
  return options.startToken && documents.length > 0 ? uuid4().replaceAll('-', '').slice(0, 12) : null;
}

function createStart(input: ResolvedRun, token: string | null): Start {
  const { target, documents, options, account, taskQueue, resume, continued } = input;
  if (!target) throw new Error('a checked input has a target or a job');
  const now = Date.now();
  const begin = () =>
    resume?.sentAt === undefined ? beginStart(token, now) : beginUncertain(token, Date.parse(resume.sentAt), now);
  return {
    target,
    uploads: uploadsOf(documents, token),
    options,
    account,
    taskQueue,
    state: continued?.start ?? begin(),
    activity: 'sleeping',
  };
}
