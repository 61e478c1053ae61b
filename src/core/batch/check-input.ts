import { invalidInput } from '../errors';
import { TEXT, wrongOption } from '../option-rules';
import { checkDocuments, checkKey } from '../run/check-input';
import { given, isObject, kindOf } from '../values';
import type { BatchDocuments, DocumentFolder } from './options';

/** Options of a run that a batch does not pass on: they belong to a single job, or the batch decides them. */
export type NotOfBatches =
  | 'documents'
  | 'outputs'
  | 'resume'
  | 'plannedJob'
  | 'keyUsedBefore'
  | 'continued'
  | 'onRefused'
  | 'failedFiles'
  | 'maxDocuments';

/** What a batch offers instead of these options. */
const DECIDED: Record<Exclude<NotOfBatches | 'onLost', 'documents' | 'outputs' | 'continued'>, string> = {
  onRefused: 'a refused document is left out and listed in the manifest',
  failedFiles: 'the manifest names failed documents; see tolerated',
  onLost: 'the manifest names lost outputs; see tolerated',
  maxDocuments: 'see perJob',
  resume: 'call again with the same key, or pass retryFailed',
  plannedJob: 'it is for the batch itself',
  keyUsedBefore: 'it is for the batch itself',
};

/** Longest key of a batch, in bytes. Leaves room for the end of a run's key, such as `/50000.100`. Histories depend on it. */
const MAX_BATCH_KEY = 990;

/** @throws UnstructuredValidationError */
export function checkBatchKey(key: unknown): void {
  checkKey(key, MAX_BATCH_KEY);
}

/** @throws UnstructuredValidationError naming the option and what a batch offers instead */
export function refuseRunOptions(given: object, prefix = ''): void {
  const name = Object.keys(given).find((option) => Object.hasOwn(DECIDED, option));
  if (name !== undefined)
    throw invalidInput(
      `Option ${prefix + name} is not an option of a batch: ${DECIDED[name as keyof typeof DECIDED]}.`,
    );
}

/** @throws UnstructuredValidationError naming the option and the value */
export function checkBatchDocuments(
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

/** Otherwise the outputs would be documents of the next batch. @throws UnstructuredValidationError */
export function refuseOutputsAmongDocuments(documents: BatchDocuments | null, to: string): void {
  if (!isObject(documents) || !('from' in documents) || documents.match !== undefined) return;
  const folder = documents.from.endsWith('/') ? documents.from : `${documents.from}/`;
  if (`${to}/`.startsWith(folder))
    throw invalidInput(
      'Option outputs.to lies below documents.from, so outputs would be listed as documents: set documents.match.',
    );
}

function isText(value: unknown): value is string {
  return TEXT.read(value, () => undefined) !== undefined;
}

function isMatch(match: unknown): boolean {
  return isText(match) || (Array.isArray(match) && match.length > 0 && match.every(isText));
}
