import type { DocumentInput } from '../document';
import { encodedBytes } from '../encoded-size';
import { invalidInput } from '../errors';
import type { NodeFile } from '../job';
import type { OutputSelection } from '../output';
import { resolveStartOptions, START_OPTION_NAMES, type StartOptions, type StartOptionsInput } from '../start/options';
import type { StartState } from '../start/state';
import type { StartTarget } from '../start/target';
import type { AwaitJobOptions, ContinuedWait } from '../wait/input';
import { show, type ToMs } from '../wait/options';
import { checkBoolean, checkDocuments, checkOutputs, checkResume, checkTarget } from './check-input';

/** Where the outputs go. */
export interface RunOutputs {
  /** Folder or prefix: a URL of a scheme for which the worker has a sink. */
  to: string;
  /** Each file's final output, or every node's. @default 'final' */
  which?: OutputSelection;
  /** What becomes of outputs that can't be fetched whole after retries: a typed failure at the end, or an entry `failed`. @default 'fail' */
  onLost?: 'fail' | 'return';
  /** How many are fetched at a time. @default 8 */
  parallel?: number;
}

/** An earlier run's job, taken up instead of starting one. */
export interface ResumedRun {
  jobId: string;
  /** Output node files of the launch answer, as failures of a run carry them. */
  launchFiles?: NodeFile[];
  /** Token of the start, as failures of a run carry it: uploaded names begin with it. */
  token?: string;
}

/** Input of the workflow `runJob`: plain JSON, for callers in any language. What is not listed here are the options of a wait. */
export interface RunJobInput<D = number | string>
  extends Omit<AwaitJobOptions<D>, 'launchFiles' | 'files'>, StartOptionsInput<D> {
  /** What to run. Left out where `resume` names a job. */
  start?: StartTarget;
  /** What to upload; empty for a workflow whose documents come from its connector. @default [] */
  documents?: DocumentInput[];
  /** Where the outputs go. @default nothing is fetched */
  outputs?: RunOutputs;
  /** Takes up this job instead of starting one. */
  resume?: ResumedRun;
  /** Whether the progress tells how many files stand where at each node: one more call of the API, at most once a minute. @default false */
  nodeCounts?: boolean;
  /** Version of this input. @default 1 */
  version?: 1;
  /** What an earlier run of this workflow carried over. Only for the workflow itself. */
  continued?: ContinuedRun;
}

/** What continue-as-new carries. */
export interface ContinuedRun {
  version: 1;
  start: StartState;
  wait?: ContinuedWait;
}

/** The input after the check. */
export interface ResolvedRun {
  target: StartTarget | null;
  documents: DocumentInput[];
  outputs: RunOutputs | null;
  resume: ResumedRun | null;
  nodeCounts: boolean;
  options: StartOptions;
  /** Options of the wait as they came; checked where the wait begins. */
  wait: AwaitJobOptions<unknown>;
  continued?: ContinuedRun;
}

/** Temporal refuses an input above 2 MB without a word that helps. */
const MAX_INPUT_BYTES = 1_900_000;

/**
 * Checks the input of a run and fills in the defaults. What we started we cancel, unless the caller says otherwise.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function resolveRunInput(input: RunJobInput<unknown>, toMs: ToMs): ResolvedRun {
  if (typeof input !== 'object' || (input as unknown) === null)
    throw invalidInput(`The input of a run must be an object; got ${show(input)}.`);
  const { start, documents = [], outputs, resume, nodeCounts = false, version = 1, continued, ...rest } = input;
  if ((version as unknown) !== 1)
    throw invalidInput(`The version of the input is ${show(version)}; this worker knows 1.`);
  const options = resolveStartOptions(rest, toMs);
  const resolved: ResolvedRun = {
    target: start === undefined ? null : checkTarget(start),
    documents: checkDocuments(documents, options.maxFiles),
    outputs: outputs === undefined ? null : checkOutputs(outputs),
    resume: resume === undefined ? null : checkResume(resume),
    nodeCounts: checkBoolean('nodeCounts', nodeCounts),
    options,
    wait: waitOptionsOf({ ...rest }, resume === undefined),
    ...(continued && { continued }),
  };
  if (!resolved.target && !resolved.resume)
    throw invalidInput(
      'Option start is missing: { templateId }, { jobNodes } or { workflowId }; or resume: { jobId }.',
    );
  if (resolved.target && !('workflowId' in resolved.target) && documents.length === 0 && !resolved.resume)
    throw invalidInput('Option documents is empty: an on-demand job needs at least one.');
  const bytes = encodedBytes(input);
  if (bytes > MAX_INPUT_BYTES)
    throw invalidInput(`The input is ${bytes} bytes as JSON; at most ${MAX_INPUT_BYTES} fit.`);
  return resolved;
}

/** The options of the wait among those of a run. A job that the caller handed in is left alone by default, as any other's. */
function waitOptionsOf(rest: Record<string, unknown>, isOurs: boolean): AwaitJobOptions<unknown> {
  const wait = Object.fromEntries(Object.entries(rest).filter(([name]) => !START_OPTION_NAMES.includes(name)));
  const policy = isOurs ? 'cancel' : 'leave';
  return { onCancel: policy, onLimit: policy, ...withoutNull(wait) } as AwaitJobOptions<unknown>;
}

function withoutNull(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}
