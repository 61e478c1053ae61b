import { encodedBytes } from '../encoded-size';
import { invalidInput } from '../errors';
import type { NodeFile } from '../job';
import { anyThat, checkVersion, INSTANT, readOption, TEXT, type ToMs, UUID } from '../option-rules';
import { given, show } from '../values';
import { checkCarriedWait, type ContinuedWait } from './carried';
import { INITIAL_WAIT_OPTIONS, type WaitOptions, type WaitOptionsInput } from './options';
import { resolveWaitOptions } from './resolve-options';
import type { WaitState, WaitSubject } from './state';

/** Options of a wait, without the job. */
export interface AwaitJobOptions<D = number | string> extends WaitOptionsInput<D> {
  /** Account of the worker's plugin that is used for the calls. @default the plugin's only account, or the one named `default` */
  account?: string | undefined;
  /** Task queue of the activities. @default the workflow's own */
  activityTaskQueue?: string | undefined;
  /** Output node files known at the start of the job. They are used if no answer contains the list. */
  knownFiles?: NodeFile[] | undefined;
}

/** Which job an input is about. */
export type WaitSubjectInput =
  | {
      /** Id of the job, a uuid. */
      jobId: string;
      workflowId?: undefined;
      createdAfter?: undefined;
    }
  | {
      jobId?: undefined;
      /** Workflow, a uuid, whose next job is awaited. The job must appear within `queueLimit`. */
      workflowId: string;
      /** ISO-8601 instant. The first job created at or after it is awaited. */
      createdAfter: string;
    };

/** Input of the workflow `awaitJobCompletion`: plain JSON, for callers in any language. */
export type AwaitJobInput<D = number | string> = WaitSubjectInput &
  AwaitJobOptions<D> & {
    /** Version of this input. @default 1 */
    version?: 1 | undefined;
    /** State carried over by an earlier run of this workflow. Only for the workflow itself. */
    continued?: ContinuedWait | undefined;
  };

/** Temporal refuses an input above 2 MB without a helpful message. The difference to 2 MB is left for the other fields. */
const MAX_LIST_BYTES = 1_900_000;

/** The options after the check. */
export interface ResolvedAwaitJobOptions {
  account?: string;
  activityTaskQueue?: string;
  knownFiles?: NodeFile[];
  /** The options with the current defaults. They apply once the wait's history contains them. */
  options: WaitOptions;
  /** The options that apply until then. */
  initial: WaitOptions;
}

/** The input after the check. If an earlier run carried the options, there are no initial ones. */
export type ResolvedWaitInput = WaitSubject &
  Omit<ResolvedAwaitJobOptions, 'initial'> & { initial?: WaitOptions; state?: WaitState };

/**
 * Checks the input of a wait and fills in the defaults.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function resolveWaitInput(input: AwaitJobInput<unknown>, toMs: ToMs): ResolvedWaitInput {
  if (typeof input !== 'object' || (input as unknown) === null) {
    throw invalidInput(`The input of a wait must be an object with a jobId; got ${show(input)}.`);
  }
  const { jobId, workflowId, createdAfter, version, continued, ...options } = input;
  const isFirst = continued === undefined || (continued as unknown) === null;
  const carried = isFirst ? null : checkCarriedWait(continued);
  checkVersion('input', version ?? 1, carried !== null);
  const subject = checkJob(given({ jobId, workflowId, createdAfter }));
  if (!carried) return { ...subject, ...resolveAwaitJobOptions(options, toMs) };
  return {
    ...subject,
    ...checkPlain(options),
    options: { ...INITIAL_WAIT_OPTIONS, ...carried.options },
    state: carried.state,
  };
}

/**
 * Checks the options of a wait, for any job, and fills in the defaults.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function resolveAwaitJobOptions(input: AwaitJobOptions<unknown>, toMs: ToMs): ResolvedAwaitJobOptions {
  return {
    ...checkPlain(input),
    options: resolveWaitOptions(input, toMs),
    initial: resolveWaitOptions(input, toMs, INITIAL_WAIT_OPTIONS),
  };
}

/** Checks the options that have no default. */
function checkPlain({ account, activityTaskQueue, knownFiles }: AwaitJobOptions<unknown>) {
  return {
    account: text('account', account),
    activityTaskQueue: text('activityTaskQueue', activityTaskQueue),
    knownFiles: checkNodeFiles('knownFiles', knownFiles),
  };
}

function checkJob({
  jobId,
  workflowId,
  createdAfter,
}: Partial<Record<'jobId' | 'workflowId' | 'createdAfter', unknown>>): WaitSubject {
  if (jobId !== undefined || workflowId === undefined) {
    if (workflowId !== undefined) throw invalidInput('A wait takes jobId or workflowId, not both.');
    if (createdAfter !== undefined)
      throw invalidInput(`Option createdAfter goes with workflowId; got ${show(createdAfter)} without one.`);
    return { jobId: readOption('jobId', UUID, jobId).toLowerCase() };
  }
  const awaited = {
    workflowId: readOption('workflowId', UUID, workflowId).toLowerCase(),
    createdAfter: readOption('createdAfter', INSTANT, createdAfter),
  };
  return { jobId: null, awaited };
}

function text(name: string, value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : readOption(name, TEXT, value);
}

const NODE_FILES = anyThat('a list of { nodeId, fileId }', (value): value is NodeFile[] => {
  const isGood = (entry: Partial<NodeFile> | null) =>
    typeof entry?.nodeId === 'string' && typeof entry.fileId === 'string';
  return Array.isArray(value) && value.every(isGood);
});

/** @throws UnstructuredValidationError */
export function checkNodeFiles(name: string, value: unknown): NodeFile[] | undefined {
  if (value === undefined || value === null) return undefined;
  const files = readOption(name, NODE_FILES, value);
  const bytes = encodedBytes(files);
  if (bytes > MAX_LIST_BYTES)
    throw invalidInput(`Option ${name} is ${bytes} bytes as JSON; at most ${MAX_LIST_BYTES} fit into an input.`);
  return files;
}
