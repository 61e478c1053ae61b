import type { DocumentInput } from '../document';
import { encodedBytes } from '../encoded-size';
import { invalidInput } from '../errors';
import type { FileSelection } from '../job';
import { BOOLEAN, checkCarried, checkVersion, readOption, type ToMs, wrongCarried } from '../option-rules';
import type { RunOutputs } from '../output';
import { areStartOptions, type StartOptions } from '../start/options';
import type { JobToStart } from '../start/request';
import type { StartState } from '../start/state';
import { given, isObject, kindOf } from '../values';
import type { ContinuedWait } from '../wait/carried';
import type { AwaitJobOptions } from '../wait/input';
import { checkDocuments, checkOutputs, checkJobToStart, checkPlannedJob } from './check-input';
import type { PlannedJob } from './planned-job';
import { type ResolvedRunOptions, resolveRunOptions, type RunOptionsInput } from './resolve-options';
import { checkResume, checkSameDocuments, type ResolvedJob, type ResolvedStart, type ResumedRun } from './resume';

/** Subject of a run: a job to start, or an earlier run to resume. */
export type RunSubject =
  | {
      /** The job to start. */
      start: JobToStart;
      /** Earlier run to resume. Its job is used instead of starting another. */
      resume?: ResumedRun | undefined;
    }
  | {
      start?: undefined;
      /** Run to resume. If its start was not answered, `start` is needed as well. */
      resume: ResumedRun;
    };

/** Input of the workflow `runJob`: plain JSON, for callers in any language. */
export type RunJobInput<D = number | string> = RunSubject & RunOptions<D>;

/** All options of a run, without its subject. */
export interface RunOptions<D = number | string> extends RunOptionsInput<D> {
  /** Documents to upload; empty for a workflow whose documents come from its connector. @default [] */
  documents?: DocumentInput[] | undefined;
  /** Target and selection of the outputs. @default nothing is fetched */
  outputs?: RunOutputs | undefined;
  /** The job of a batch's plan, in place of `documents`. Only for `runJobs`. */
  plannedJob?: PlannedJob | undefined;
  /** Version of this input. @default 1 */
  version?: 1 | undefined;
  /** State carried over by an earlier run of this workflow. Only for the workflow itself. */
  continued?: ContinuedRun | undefined;
  /**
   * Whether the key had a run that sent nothing. This run then makes sure, before it sends anything, that no other run came in between. Only for
   * `executeRunJob` and `startRunJob`.
   * @default false
   */
  keyUsedBefore?: boolean | undefined;
}

/** State that continue-as-new carries. */
export interface ContinuedRun {
  version: 1;
  /** null if the caller provided the job. */
  start: StartState | null;
  wait?: ContinuedWait | undefined;
  /** Options of the start, once a worker has reported them back. */
  options?: StartOptions | undefined;
}

interface CheckedRun extends ResolvedRunOptions {
  documents: DocumentInput[];
  outputs: RunOutputs | null;
  /** null if the input contains the documents. */
  plannedJob: PlannedJob | null;
  keyUsedBefore: boolean;
  continued?: ContinuedRun;
}

/** The checked input of a run that starts a job. */
export interface StartingRun extends CheckedRun {
  jobToStart: JobToStart;
  /** A start whose answer an earlier run lost. Its job is looked for first. */
  resume: ResolvedStart | null;
}

/** The checked input of a run whose job exists. */
export interface ResumingRun extends CheckedRun {
  jobToStart: null;
  resume: ResolvedJob;
}

/** The checked input of a run. */
export type ResolvedRun = StartingRun | ResumingRun;

/** Temporal refuses an input above 2 MB without a helpful message. The difference to 2 MB is left for the small state with which a run resumes. */
export const MAX_INPUT_BYTES = 1_900_000;

/**
 * Checks the input of a run and fills in the defaults. A job that the run starts is cancelled with it, unless the caller says otherwise.
 * @throws UnstructuredValidationError naming the option and the value
 * @throws Error if an earlier run of the workflow passed the check on another worker; this fails the workflow task, not the workflow
 */
export function resolveRunInput(input: RunJobInput<unknown>, toMs: ToMs): ResolvedRun {
  if (!isObject(input)) throw invalidInput(`The input of a run must be an object; got ${kindOf(input)}.`);
  const { continued } = input;
  if (continued === undefined || (continued as unknown) === null) return checkRunInput(input, toMs);
  checkCarriedRun(continued, input);
  try {
    return checkRunInput(input, toMs);
  } catch (error) {
    throw new Error(`A run that continues has an input that this worker does not know: ${(error as Error).message}`);
  }
}

/**
 * Anything carried that no version of this workflow writes comes from a caller, and would fail each workflow task.
 * @throws UnstructuredValidationError
 */
function checkCarriedRun(continued: ContinuedRun, input: RunJobInput<unknown>): void {
  checkCarried('continued', continued);
  const { start, wait, options }: Partial<Record<keyof ContinuedRun, unknown>> = continued;
  const isCarried = (start === null || isObject(start)) && (wait === undefined || isObject(wait));
  if (options !== undefined && options !== null && !areStartOptions(options)) throw wrongCarried('options of a start');
  if (isCarried && (isObject(input.start) || isObject(input.resume))) return;
  throw wrongCarried('start, which may be null, and perhaps wait, beside the input');
}

function checkRunInput(input: RunJobInput<unknown>, toMs: ToMs): ResolvedRun {
  const { start, documents = [], outputs, plannedJob, resume, ...more } = given(input);
  const { version = 1, continued, keyUsedBefore = false, ...rest } = more;
  checkVersion('input', version, Boolean(continued));
  const options = resolveRunOptions(rest, toMs);
  const subject = checkSubject(start, resume);
  const run: CheckedRun = {
    ...options,
    documents: checkDocuments(documents, options.initial.maxDocuments),
    outputs: outputs === undefined ? null : checkOutputs(outputs),
    plannedJob: plannedJob === undefined ? null : checkPlannedJob(plannedJob),
    keyUsedBefore: readOption('keyUsedBefore', BOOLEAN, keyUsedBefore),
    ...(continued && { continued }),
  };
  const isUnread = plannedJob !== undefined && documents.length === 0;
  if (subject.resume && !isUnread) checkSameDocuments(run.documents, subject.resume);
  const isOnDemand = subject.jobToStart && !('workflowId' in subject.jobToStart);
  if (isOnDemand && documents.length === 0 && !subject.resume && !isUnread)
    throw invalidInput('Option documents is empty: an on-demand job needs at least one.');
  const bytes = encodedBytes({ ...input, resume: undefined, continued: undefined });
  if (bytes > MAX_INPUT_BYTES)
    throw invalidInput(`The input is ${bytes} bytes as JSON; at most ${MAX_INPUT_BYTES} fit.`);
  return { ...run, ...subject };
}

function checkSubject(
  start: JobToStart | undefined,
  resume: ResumedRun | undefined,
): Pick<StartingRun, 'jobToStart' | 'resume'> | Pick<ResumingRun, 'jobToStart' | 'resume'> {
  const jobToStart = start === undefined ? null : checkJobToStart(start);
  const resolved = resume === undefined ? null : checkResume(resume);
  if (resolved?.jobId !== undefined) return { jobToStart: null, resume: resolved };
  if (jobToStart) return { jobToStart, resume: resolved };
  throw invalidInput('Option start is missing: { templateId }, { jobNodes } or { workflowId }; or resume: { jobId }.');
}

/** Options of the wait for this job. By default, a job that the run started is cancelled, and another caller's job is left. */
export function waitOptionsFor({ wait }: ResolvedRun, isStartedByRun: boolean): AwaitJobOptions<unknown> {
  const policy = isStartedByRun ? 'cancel' : 'leave';
  return { onCancel: policy, onLimit: policy, ...wait };
}

/** The list of files that the wait fetches. For documents and for final outputs, each file's last node is enough. */
export function filesToAwait({ outputs, documents }: Pick<ResolvedRun, 'outputs' | 'documents'>): FileSelection {
  if (outputs?.which === 'all') return 'all';
  return outputs || documents.length > 0 ? 'final' : 'none';
}
