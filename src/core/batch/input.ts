import { hashText } from '../digest';
import type { DocumentInput } from '../document';
import { encodedBytes } from '../encoded-size';
import { invalidInput, type UnstructuredApiError } from '../errors';
import { DEFAULT_ACCOUNT, DOCUMENTS_MEMO } from '../names';
import {
  checkCarried,
  checkVersion,
  number,
  readOption,
  TEXT,
  type ToMs,
  wholeNumber,
  wrongOption,
} from '../option-rules';
import type { RunOutputs } from '../output';
import { lowerCased, sortedJson } from '../run/answer';
import { checkDocuments, checkOutputs } from '../run/check-input';
import { documentsDigest } from '../run/documents-digest';
import { MAX_INPUT_BYTES, resolveRunInput, type RunOptions } from '../run/input';
import type { JobToStart } from '../start/request';
import { defaultIdentity, shownRef } from '../reference';
import { given, isObject, kindOf, show } from '../values';
import type { BatchDocuments, BatchOptions, DocumentFolder, JobBounds } from './options';
import type { BatchState } from './state';

/** What of a run's options is each job's own, or decided by the batch. */
type NotOfBatches =
  | 'documents'
  | 'outputs'
  | 'resume'
  | 'planned'
  | 'again'
  | 'continued'
  | 'onRefused'
  | 'failedFiles'
  | 'maxFiles'
  | 'nodeCounts';

/** Input of the workflow `runJobs`: plain JSON, for callers in any language. What is not listed here are the options of each job's run. */
export interface RunJobsInput<D = number | string> extends Omit<RunOptions<D>, NotOfBatches> {
  /** What to run for each job's documents. */
  start: JobToStart;
  /** Which documents the batch is about. Not needed with `retryFailed`. */
  documents?: BatchDocuments | undefined;
  /** Where the outputs go. The plan and the manifest are kept there, too, in the folder `_manifests`. */
  outputs: Omit<RunOutputs, 'onLost'>;
  /** How many jobs run at a time, 1 to 500. @default 5, as many as the API runs of an account */
  parallel?: number | undefined;
  /** How many documents a job has, 1 to 100. @default 10, as many as the API takes */
  perJob?: number | undefined;
  /** How large a job's documents may be together, in bytes, where their sizes are known. @default 209_715_200 (200 MiB) */
  maxJobBytes?: number | undefined;
  /** The share of documents that may fail, 0 to 1: once more have, no other job is started, and the batch fails. @default 1 */
  tolerated?: number | undefined;
  /**
   * Location of an earlier manifest: what was not ok in it is run, and nothing else. A document is sent again, too, whose job may still run: see
   * what the manifest says of it.
   */
  retryFailed?: string | undefined;
  /**
   * Location of an earlier manifest: documents that it, or one that it names in turn, has as ok with the same identity and version are left
   * out. Only with documents that are listed. The version is what the source tells of a document's content, such as its ETag.
   */
  unlessIn?: string | undefined;
  /** What an earlier run of this workflow carried over. Only for the workflow itself. */
  continued?: ContinuedBatch | undefined;
}

/** What continue-as-new carries. */
export interface ContinuedBatch {
  version: 1;
  state: BatchState;
}

/** The input after the check. */
export interface ResolvedBatch {
  documents: BatchDocuments | null;
  outputs: RunOutputs;
  bounds: JobBounds;
  options: BatchOptions;
  maxFileBytes: number;
  retryFailed: string | null;
  unlessIn: string | null;
  account?: string;
  activityTaskQueue?: string;
  /** Options of each job's run, as they came but checked. */
  run: object;
  state: BatchState | null;
}

/** Largest job, in bytes: the plan alone goes by it. */
const DEFAULT_MAX_JOB_BYTES = 200 * 1_024 * 1_024;

/** The one place of these defaults; free to change, since the plan brings back what a batch goes by. Durations in milliseconds. */
const DEFAULT_BATCH_OPTIONS: Readonly<BatchOptions> = Object.freeze({
  parallel: 5,
  tolerated: 1,
  perJob: 10,
  startSpacing: 1_100, // the API wants a second; clocks differ
  continueAsNewAfterEvents: 8_000,
});

const SHARE = number('a share from 0 to 1', (value) => value >= 0 && value <= 1);

/**
 * Checks the input of a batch and fills in the defaults.
 * @throws UnstructuredValidationError naming the option and the value
 * @throws Error, which fails the workflow's task and not the workflow, where an earlier run of it passed the check on another worker
 */
export function resolveBatchInput(input: RunJobsInput<unknown>, toMs: ToMs): ResolvedBatch {
  if (!isObject(input)) throw invalidInput(`The input of a batch must be an object; got ${kindOf(input)}.`);
  const { continued } = input;
  if (continued === undefined || (continued as unknown) === null) return checkBatchInput(input, toMs);
  checkCarried('continued', continued);
  try {
    return checkBatchInput(input, toMs);
  } catch (error) {
    throw new Error(`A batch that continues has an input that this worker does not know: ${(error as Error).message}`);
  }
}

function checkBatchInput(input: RunJobsInput<unknown>, toMs: ToMs): ResolvedBatch {
  const { start, documents, outputs, parallel, perJob, maxJobBytes, tolerated, ...more } = given(input);
  const { retryFailed, unlessIn, version = 1, continued, ...run } = more;
  checkVersion('input', version, continued !== undefined);
  refuseOfRuns(run);
  const bounds = {
    perJob: readOption('perJob', wholeNumber(1, 100), perJob ?? DEFAULT_BATCH_OPTIONS.perJob),
    maxJobBytes: readOption('maxJobBytes', wholeNumber(1), maxJobBytes ?? DEFAULT_MAX_JOB_BYTES),
  };
  if ((outputs as unknown) === undefined)
    throw wrongOption('outputs', "{ to: 'a URL', which?, parallel? }", outputs, kindOf);
  if (isObject(outputs) && 'onLost' in given(outputs))
    throw invalidInput(
      'Option outputs.onLost is not one of a batch: lost outputs are told in the manifest; see tolerated.',
    );
  const to = checkOutputs({ ...outputs, onLost: 'return' });
  const { options, account, activityTaskQueue } = resolveRunInput(
    { start, documents: [ANY_DOCUMENT], outputs: to, ...run },
    toMs,
  );
  const asked = continued && documents === undefined ? null : checkBatchDocuments(documents, retryFailed);
  refuseOutputsAmongDocuments(asked, to.to);
  if (retryFailed !== undefined) readOption('retryFailed', MANIFEST, retryFailed);
  if (unlessIn !== undefined) readOption('unlessIn', MANIFEST, unlessIn);
  if (unlessIn !== undefined && !(isObject(asked) && 'from' in asked) && !continued)
    throw invalidInput('Option unlessIn needs documents: { from }: of others nobody knows their version.');
  const bytes = encodedBytes({ ...input, continued: undefined });
  if (bytes > MAX_INPUT_BYTES)
    throw invalidInput(
      `The input is ${bytes} bytes as JSON; at most ${MAX_INPUT_BYTES} fit. Write the documents to a file of JSON Lines, and pass documents: { list: 'its URL' }.`,
    );
  return {
    documents: asked,
    outputs: to,
    bounds,
    options: {
      parallel: readOption('parallel', wholeNumber(1, 500), parallel ?? DEFAULT_BATCH_OPTIONS.parallel),
      tolerated: readOption('tolerated', SHARE, tolerated ?? DEFAULT_BATCH_OPTIONS.tolerated),
      perJob: bounds.perJob,
      startSpacing: Math.max(options.startSpacing, DEFAULT_BATCH_OPTIONS.startSpacing),
      continueAsNewAfterEvents: run.continueAsNewAfterEvents ?? DEFAULT_BATCH_OPTIONS.continueAsNewAfterEvents,
    },
    maxFileBytes: options.maxFileBytes,
    retryFailed: retryFailed ?? null,
    unlessIn: unlessIn ?? null,
    ...(account !== undefined && { account }),
    ...(activityTaskQueue !== undefined && { activityTaskQueue }),
    run: { start, ...run },
    state: continued?.state ?? null,
  };
}

/**
 * Tells what a batch is asked for, so that none takes its plan who asked for something else: by what was given, whatever the defaults are, and
 * by documents' identities.
 */
export function batchDigest(input: RunJobsInput<unknown>): string {
  const { start, account = DEFAULT_ACCOUNT, documents, outputs, ...options } = given(input);
  const { to, which, name } = given(outputs);
  const { perJob, maxJobBytes, maxFileBytes, retryFailed, unlessIn } = options;
  return hashText(
    sortedJson({
      start: lowerCased(given(start)),
      account,
      documents: Array.isArray(documents) ? documentsDigest(documents) : documents && given(documents),
      outputs: { to: defaultIdentity(to), which, name },
      options: { perJob, maxJobBytes, maxFileBytes, retryFailed, unlessIn },
    }),
  );
}

/** The memo that a batch begins with: what it is for. */
export function memoOfBatch(input: RunJobsInput<unknown>): Record<string, unknown> {
  return { [DOCUMENTS_MEMO]: batchDigest(input) };
}

/**
 * Whoever joins a batch gets its answer: one of other documents would be taken for what was asked. A batch that was started by name tells
 * nothing, and is joined as it is.
 * @throws UnstructuredValidationError where the memo tells of another one
 */
export function refuseOtherBatch(
  key: string,
  memo: Record<string, unknown> | undefined,
  input: RunJobsInput<unknown>,
): void {
  const noted = memo?.[DOCUMENTS_MEMO];
  if (typeof noted === 'string' && noted !== batchDigest(input)) throw otherBatch(key);
}

export function otherBatch(key: string): UnstructuredApiError {
  return invalidInput(
    `The key ${JSON.stringify(key)} has a batch of other documents or options. A key stands for one batch: for another one, use a new key.`,
  );
}

/** Stands for a job's documents, so that the options of its run are checked before anything is listed. */
const ANY_DOCUMENT: DocumentInput = { ref: 'file:///any' };

const MANIFEST = { ...TEXT, expected: "the location of an earlier batch's manifest, as its result tells it" };

/** Of these, a batch has its own way. */
const DECIDED: Record<Exclude<NotOfBatches, 'documents' | 'outputs' | 'continued'>, string> = {
  onRefused: 'a refused document is left out and told in the manifest',
  failedFiles: 'failed documents are told in the manifest; see tolerated',
  maxFiles: 'see perJob',
  nodeCounts: 'see the run of each job',
  resume: 'call again with the same key, or pass retryFailed',
  planned: 'it is for the batch itself',
  again: 'it is for the batch itself',
};

function refuseOfRuns(run: object): void {
  const name = Object.keys(run).find((option) => Object.hasOwn(DECIDED, option));
  if (name !== undefined)
    throw invalidInput(`Option ${name} is not one of a batch: ${DECIDED[name as keyof typeof DECIDED]}.`);
}

function checkBatchDocuments(
  documents: BatchDocuments | undefined,
  retryFailed: string | undefined,
): BatchDocuments | null {
  if (retryFailed !== undefined) {
    if (documents === undefined) return null;
    throw invalidInput(
      'Options documents and retryFailed exclude each other: the earlier manifest names the documents.',
    );
  }
  if (Array.isArray(documents)) {
    if (documents.length === 0) throw invalidInput('Option documents is empty.');
    return checkDocuments(documents, Infinity);
  }
  const { from, list, match, ...others }: { from?: unknown; list?: unknown; match?: unknown } = isObject(documents)
    ? given(documents)
    : {};
  const isGood = isText(from) !== isText(list) && (match === undefined || (isText(from) && isMatch(match)));
  if (isGood && Object.keys(others).length === 0) return given(documents as DocumentFolder);
  throw wrongOption(
    'documents',
    "a list of documents, { from: 'a URL', match?: 'a glob' | […] } or { list: 'a URL' }",
    documents,
    kindOf,
  );
}

/** Outputs would be documents of the next batch. */
function refuseOutputsAmongDocuments(documents: BatchDocuments | null, to: string): void {
  if (!isObject(documents) || !('from' in documents) || documents.match !== undefined) return;
  const folder = documents.from.endsWith('/') ? documents.from : `${documents.from}/`;
  if (`${to}/`.startsWith(folder))
    throw invalidInput(
      `Option outputs.to lies below documents.from, whose documents would be listed with the outputs; got ${show(shownRef(to))}. Write outputs elsewhere, or tell documents by documents.match.`,
    );
}

function isText(value: unknown): value is string {
  return TEXT.read(value, () => undefined) !== undefined;
}

function isMatch(match: unknown): boolean {
  return isText(match) || (Array.isArray(match) && match.length > 0 && match.every(isText));
}
