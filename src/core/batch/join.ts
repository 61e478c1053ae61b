import { hashText } from '../digest';
import { invalidInput, type UnstructuredApiError } from '../errors';
import { DEFAULT_ACCOUNT, DOCUMENTS_MEMO } from '../names';
import { defaultIdentity } from '../reference';
import { lowerCased, sortedJson } from '../run/answer';
import { documentsDigest } from '../run/documents-digest';
import { given } from '../values';
import type { RunJobsInput } from './input';

/**
 * Identifies what a batch is asked for, so that no batch that is asked for something else uses its plan. The digest depends on the options that were
 * given, whatever the defaults are, and on the identities of the documents.
 */
export function batchDigest(input: RunJobsInput<unknown>): string {
  const { start, account = DEFAULT_ACCOUNT, documents, outputs, ...options } = given(input);
  const { to, which, name } = given(outputs);
  const { perJob, maxJobBytes, maxDocumentBytes, retryFailed, whenBusy } = options;
  const unlessIn = options.unlessIn === undefined ? undefined : [options.unlessIn].flat().sort(); // their order does not count
  const adopts = whenBusy === 'adopt' || undefined;
  return hashText(
    sortedJson({
      start: lowerCased(given(start)),
      account,
      documents: Array.isArray(documents) ? documentsDigest(documents) : documents && given(documents),
      outputs: { to: defaultIdentity(to), which, name },
      options: { perJob, maxJobBytes, maxDocumentBytes, retryFailed, unlessIn, adopts },
    }),
  );
}

/** The memo of a batch at its start, which identifies what it is for. */
export function memoOfBatch(input: RunJobsInput<unknown>): Record<string, unknown> {
  return { [DOCUMENTS_MEMO]: batchDigest(input) };
}

/**
 * A caller that joins a batch gets its answer. The answer for other documents would be mistaken for the one that was asked for. A batch that was
 * started by its workflow type, without this package's client, has no such memo, and is joined as it is.
 * @throws UnstructuredValidationError if the memo names another batch
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
