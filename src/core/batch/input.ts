import type { AttributeNames } from '../attributes';
import { encodedBytes } from '../encoded-size';
import { invalidInput } from '../errors';
import { anyThat, checkVersion, number, readOption, type ToMs, wholeNumber } from '../option-rules';
import type { RunOutputs } from '../output';
import { checkJobToStart, checkOutputs, shownPlace } from '../run/check-input';
import { MAX_INPUT_BYTES, type RunOptions } from '../run/input';
import { resolveRunOptions } from '../run/resolve-options';
import type { JobToStart } from '../start/request';
import { given, isObject, kindOf } from '../values';
import { checkCarriedBatch } from './carried';
import { checkBatchDocuments, type NotOfBatches, refuseOutputsAmongDocuments, refuseRunOptions } from './check-input';
import { toLocations } from './manifest';
import type { BatchDocuments, BatchOptions, JobBounds } from './options';
import { MANIFEST_NAME } from './records';
import type { BatchState } from './state';

/** Input of the workflow `runJobs`: plain JSON, for callers in any language. The options of each job's run are accepted as well. */
export interface RunJobsInput<D = number | string> extends Omit<RunOptions<D>, NotOfBatches> {
  /** The job to start for each job's documents. */
  start: JobToStart;
  /** Documents of the batch. Not needed with `retryFailed`. */
  documents?: BatchDocuments | undefined;
  /** Target and selection of the outputs. The plan and the manifest are also stored there, in the folder `_manifests`. */
  outputs: Omit<RunOutputs, 'onLost'>;
  /** Number of jobs that run at a time, 1 to 500. @default 5, the number that the API runs for an account */
  parallel?: number | undefined;
  /** Maximum number of documents of a job, 1 to 100. @default 10, the limit of the API */
  perJob?: number | undefined;
  /** Maximum total size of a job's documents, in bytes, as far as their sizes are known. @default 209_715_200 (200 MiB) */
  maxJobBytes?: number | undefined;
  /** Share of the documents that may be other than `ok`, 0 to 1. Beyond it, no further job starts, and the batch fails. @default 1 */
  tolerated?: number | undefined;
  /**
   * Location of an earlier manifest. Runs only the documents that are not `ok` in it. This includes documents whose job may still be
   * running: check `reason` in the manifest first.
   */
  retryFailed?: string | undefined;
  /**
   * Location of an earlier manifest, or a list of several. Leaves out documents that are `ok` with the same identity and version in it, or in a
   * manifest that it names in turn. Documents that are `unsettled` are left out as well, unless a later one of these manifests has their outcome.
   * Only with `documents: { from }`. The version comes from the source, such as an ETag.
   */
  unlessIn?: string | string[] | undefined;
  /** State carried over by an earlier run of this workflow. Only for the workflow itself. */
  continued?: ContinuedBatch | undefined;
}

/** State that continue-as-new carries. */
export interface ContinuedBatch {
  version: 1;
  state: BatchState;
}

/** Options of a batch that the run of each job also has. */
type OptionsOfJobs<D> = Pick<RunJobsInput<D>, 'start'> & Omit<RunOptions<D>, NotOfBatches | 'version'>;

/** The input after the check. */
export interface ResolvedBatch<D> {
  documents: BatchDocuments | null;
  outputs: RunOutputs;
  bounds: JobBounds;
  options: BatchOptions;
  /** The options that apply until the plan has reported the options back. */
  initial: BatchOptions;
  maxDocumentBytes: number;
  /** In milliseconds. */
  credentialBudget: number;
  retryFailed: string | null;
  unlessIn: string[];
  account?: string;
  activityTaskQueue?: string;
  /** The search attributes that the batch sets; null if it sets none. */
  searchAttributes: AttributeNames | null;
  /** Options of each job's run, as they were given, but checked. */
  run: OptionsOfJobs<D>;
  state: BatchState | null;
}

/** Maximum number of documents of a job, whatever the options say. Histories depend on it. */
export const MOST_PER_JOB = 100;

/** Only the plan uses these. */
const DEFAULT_BOUNDS: Readonly<JobBounds> = Object.freeze({ perJob: 10, maxJobBytes: 200 * 1_024 * 1_024 });

/** The options that apply if no plan has reported options back. Histories depend on these values: never change one. */
const INITIAL_BATCH_OPTIONS: Readonly<BatchOptions> = Object.freeze({
  version: 1,
  parallel: 5,
  tolerated: 1,
  startSpacing: 1_100, // the API requires one second, and clocks differ
  continueAsNewAfterEvents: 8_000, // the server suggests it earlier; each time, the batch waits for its running jobs and starts no other
});

/** The defaults. These may change, because the plan reports back the options that a batch uses. To change a default, name it here. */
const DEFAULT_BATCH_OPTIONS: Readonly<BatchOptions> = Object.freeze({ ...INITIAL_BATCH_OPTIONS });

const SHARE = number('a share from 0 to 1', (value) => value >= 0 && value <= 1);

/**
 * Checks the input of a batch and fills in the defaults.
 * @throws UnstructuredValidationError naming the option and the value
 * @throws Error if an earlier run of the workflow passed the check on another worker; this fails the workflow task, not the workflow
 */
export function resolveBatchInput<D>(input: RunJobsInput<D>, toMs: ToMs): ResolvedBatch<D> {
  if (!isObject(input)) throw invalidInput(`The input of a batch must be an object; got ${kindOf(input)}.`);
  const { continued } = input;
  if (continued === undefined || (continued as unknown) === null) return checkBatchInput(input, toMs);
  checkCarriedBatch(continued);
  try {
    return checkBatchInput(input, toMs);
  } catch (error) {
    throw new Error(`A batch that continues has an input that this worker does not know: ${(error as Error).message}`);
  }
}

function checkBatchInput<D>(input: RunJobsInput<D>, toMs: ToMs): ResolvedBatch<D> {
  const { start, documents, outputs, parallel, perJob, maxJobBytes, tolerated, ...more } = given(input);
  const { retryFailed, unlessIn, version = 1, continued, ...run } = more;
  checkVersion('input', version, continued !== undefined);
  refuseRunOptions(run);
  const bounds = {
    perJob: readOption('perJob', wholeNumber(1, MOST_PER_JOB), perJob ?? DEFAULT_BOUNDS.perJob),
    maxJobBytes: readOption('maxJobBytes', wholeNumber(1), maxJobBytes ?? DEFAULT_BOUNDS.maxJobBytes),
  };
  const askedFor = {
    ...(parallel !== undefined && { parallel: readOption('parallel', wholeNumber(1, 500), parallel) }),
    ...(tolerated !== undefined && { tolerated: readOption('tolerated', SHARE, tolerated) }),
    ...(run.continueAsNewAfterEvents !== undefined && { continueAsNewAfterEvents: run.continueAsNewAfterEvents }),
  };
  const withAsked = (defaults: BatchOptions, { startSpacing }: Pick<BatchOptions, 'startSpacing'>): BatchOptions => ({
    ...defaults,
    ...askedFor,
    startSpacing: Math.max(startSpacing, defaults.startSpacing),
  });
  if (isObject(outputs)) refuseRunOptions(given(outputs), 'outputs.');
  const to = checkOutputs(isObject(outputs) ? { ...outputs, onLost: 'return' } : outputs);
  checkJobToStart(start);
  const { options, initial, account, activityTaskQueue, searchAttributes } = resolveRunOptions(run, toMs);
  const asked = continued && documents === undefined ? null : checkBatchDocuments(documents, retryFailed);
  refuseOutputsAmongDocuments(asked, to.to);
  if (retryFailed !== undefined) readOption('retryFailed', MANIFEST, retryFailed, { show: shownPlace });
  if (unlessIn !== undefined) readOption('unlessIn', MANIFESTS, unlessIn, { show: shownPlace });
  if (unlessIn !== undefined && !(isObject(asked) && 'from' in asked) && !continued)
    throw invalidInput('Option unlessIn needs documents: { from }: only listed documents have a version to compare.');
  const bytes = encodedBytes({ ...input, continued: undefined });
  if (bytes > MAX_INPUT_BYTES)
    throw invalidInput(
      `The input is ${bytes} bytes as JSON; at most ${MAX_INPUT_BYTES} fit. Write the documents to a file of JSON Lines, and pass documents: { list: 'its URL' }.`,
    );
  return {
    documents: asked,
    outputs: to,
    bounds,
    options: withAsked(DEFAULT_BATCH_OPTIONS, options),
    initial: withAsked(INITIAL_BATCH_OPTIONS, initial),
    maxDocumentBytes: options.maxDocumentBytes,
    credentialBudget: options.credentialBudget,
    retryFailed: retryFailed ?? null,
    unlessIn: toLocations(unlessIn),
    ...(account !== undefined && { account }),
    ...(activityTaskQueue !== undefined && { activityTaskQueue }),
    searchAttributes,
    run: { start, ...run },
    state: continued?.state ?? null,
  };
}

const EXPECTED_MANIFEST = `the location of an earlier batch's ${MANIFEST_NAME}, as returned in its result`;
const isManifest = (value: unknown): value is string =>
  typeof value === 'string' && value.endsWith(`/${MANIFEST_NAME}`);
const MANIFEST = anyThat(EXPECTED_MANIFEST, isManifest);
const MANIFESTS = anyThat(
  `${EXPECTED_MANIFEST}, or a list of one or more`,
  (value): value is string | string[] =>
    isManifest(value) || (Array.isArray(value) && value.length > 0 && value.every(isManifest)),
);
