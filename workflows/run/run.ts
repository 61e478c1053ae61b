import { workflowInfo } from '@temporalio/workflow';
import { durationToMs } from '../../src/common/duration';
import { type JobSummary, type NodeFile, selectFiles } from '../../src/core/job';
import { documentsDigest } from '../../src/core/run/documents-digest';
import { groupFiles } from '../../src/core/run/file-groups';
import {
  type ResolvedRun,
  type ResumingRun,
  resolveRunInput,
  type RunJobInput,
  type StartingRun,
} from '../../src/core/run/input';
import { progressOfRun, type RunProgress } from '../../src/core/run/progress';
import type { RunJobResult } from '../../src/core/run/result';
import { beginFrom, type ResolvedJob, type ResumedRun, resumeOfStart } from '../../src/core/run/resume';
import { INITIAL_START_OPTIONS } from '../../src/core/start/options';
import type { TransferProgress } from '../../src/core/start/request';
import { checkCarriedStart } from '../../src/core/start/carried';
import type { StartOutcome } from '../../src/core/start/state';
import { tokenFrom } from '../../src/core/start/token';
import { planUploads } from '../../src/core/start/upload-names';
import type { Unserved } from '../../src/core/unserved';
import { checked } from '../support/failures';
import { attributesOfStart } from '../support/search-attributes';
import type { ActivityQueue } from '../support/schedule';
import { progressOfWait, type Wait } from '../wait/wait';
import type { Start } from './start';

/** A run in progress. */
export type Run = RunState & (Starting | Resuming);

/** The run starts a job. */
interface Starting {
  readonly input: StartingRun;
  readonly start: Start;
}

/** The caller provided the job. */
interface Resuming {
  readonly input: ResumingRun;
  readonly start: null;
}

interface RunState {
  /** Beginning of the uploaded names; null without a token. */
  readonly token: string | null;
  wait: Wait | null;
  transfer: TransferProgress | null;
  /** Number of outputs to fetch; null before. */
  outputs: number | null;
  /** When `collectLimit` ends the fetching, in milliseconds since the epoch; null before. */
  collectEndsAt: number | null;
  /** The task queue whose workers take neither the look for an earlier run nor the fetching of outputs. */
  unserved: Unserved | null;
  /** Result of the run; null before. */
  result: RunJobResult | null;
  isEnded: boolean;
}

/**
 * @param start Number of the start in this workflow. Each start has its own token
 * @throws ApplicationFailure `UnstructuredValidationError`
 */
export function createRun(given: RunJobInput<unknown>, start = 0): Run {
  const input = checked(() => resolveRunInput(given, durationToMs));
  const token = chooseToken(input, start);
  const state: RunState = {
    token,
    wait: null,
    transfer: null,
    outputs: null,
    collectEndsAt: null,
    unserved: null,
    result: null,
    isEnded: false,
  };
  return input.jobToStart ? { ...state, input, start: createStart(input, token) } : { ...state, input, start: null };
}

/** The state with which another run resumes this one; undefined if certainly no job was started. */
export function resumedRun(run: Run): ResumedRun | undefined {
  const { input, start } = run;
  if (input.plannedJob && input.documents.length === 0) return input.resume ?? undefined; // nothing was done yet
  if (!start) return { ...input.resume, ...knownFilesOf(run) };
  const resume = resumeOfStart(start, documentsDigest(input.documents));
  return resume && { ...resume, ...(start.state.startedJob && knownFilesOf(run)) };
}

/** The known files of the job, as far as the run needs them. */
function knownFilesOf({ input, start, wait }: Run): Pick<ResumedRun, 'knownFiles'> {
  const known = input.resume?.knownFiles ?? start?.state.startedJob?.outputNodeFiles;
  const held = wait?.state ?? input.continued?.wait?.state;
  const files = known ?? held?.outputNodeFiles?.entries ?? [];
  return { knownFiles: groupFiles(selectFiles(files, input.outputs?.which ?? 'final')) };
}

/** Records whether a worker takes the run's activities other than those of the start and the wait. */
export function runQueue(run: Run, changed: () => void): Pick<ActivityQueue, 'unserved' | 'note'> {
  const note = (unserved: Unserved | null) => {
    run.unserved = unserved;
    changed();
  };
  return { unserved: run.unserved, note };
}

export function currentProgress(run: Run): RunProgress {
  const { input, start, wait, transfer, outputs, collectEndsAt, unserved, isEnded } = run;
  return progressOfRun({
    account: input.account,
    documents: input.documents.length,
    jobId: startedJobId(run),
    start,
    wait: wait && progressOfWait(wait),
    transfer,
    outputs,
    collectEndsAt,
    nodeStats: (input.nodeCounts && wait?.state.nodes?.stats) || null,
    unserved,
    isEnded,
  });
}

/** null before the job is known. */
export function startedJobId({ input, start }: Run): string | null {
  return input.resume?.jobId ?? start?.state.startedJob?.job.id ?? null;
}

/** The job of a run, with its files in the answer to the start. */
export interface KnownJob {
  how: StartOutcome['how'] | 'given';
  jobId: string;
  /** Whether the run started the job; undefined if that is unknown. */
  startedByRun: boolean | undefined;
  inputFileIds: string[];
  knownFiles: NodeFile[] | undefined;
  /** The job in the answer to the start, which was sent at `sentAt`; null if there was no such answer. */
  answered: { job: JobSummary; sentAt: number } | null;
}

/** A job that the caller provided. Only its id, and perhaps a list of files, are known. */
export function givenJob({ jobId, knownFiles, startedByRun }: ResolvedJob): KnownJob {
  return { how: 'given', jobId, startedByRun, inputFileIds: [], knownFiles, answered: null };
}

export function startedJob({ state }: Start, { how, job, inputFileIds, outputNodeFiles }: StartOutcome): KnownJob {
  const sentAt = state.lastSendAt;
  return {
    how,
    jobId: job.id,
    startedByRun: how !== 'adopted',
    inputFileIds: inputFileIds ?? [],
    knownFiles: outputNodeFiles ?? undefined,
    answered: how === 'answered' && sentAt !== null ? { job, sentAt } : null,
  };
}

/** Chooses the token of the uploaded names. It is the same after a reset, which keeps the run id that the workflow began with. */
function chooseToken({ resume, continued, initial, documents }: ResolvedRun, start: number): string | null {
  if (continued?.start) return continued.start.token;
  if (resume) return resume.token ?? null;
  if (!initial.startToken || documents.length === 0) return null;
  const { workflowId, originalExecutionRunId } = workflowInfo();
  return tokenFrom(`${workflowId}/${originalExecutionRunId}/${start}`);
}

function createStart(input: StartingRun, token: string | null): Start {
  const { jobToStart, documents, outputs, initial, account, activityTaskQueue, resume, continued, searchAttributes } =
    input;
  const options = continued?.options ? { ...INITIAL_START_OPTIONS, ...continued.options } : initial;
  const { start: carried = null } = continued ?? {};
  const before = carried && checked(() => checkCarriedStart(carried));
  return {
    jobToStart,
    uploads: planUploads(documents, token),
    begunAt: workflowInfo().startTime.getTime(),
    outputsTo: options.startTaskQueue === null ? outputs?.to : undefined,
    options,
    ...(!continued?.options && { proposed: input.options }),
    account,
    activityTaskQueue,
    searchAttributes,
    state: { attributes: attributesOfStart(searchAttributes), ...(before ?? beginFrom(token, resume, Date.now())) },
    activity: 'sleeping',
    unread: new Map(),
  };
}
