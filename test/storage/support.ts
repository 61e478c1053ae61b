import { UnstructuredDocumentRefusedError } from '../../src/core/document';
import type { DocumentRefusal } from '../../src/core/refusal';
import type { OutputSource } from '../../src/core/output';
import type { OutputTarget } from '../../src/storage/sink';

export const signal = new AbortController().signal;

/** Why a document was refused. */
export async function refusalOf(opening: Promise<unknown>): Promise<DocumentRefusal & { message: string }> {
  const error: unknown = await opening.then(
    () => new Error('it was opened'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof UnstructuredDocumentRefusedError)) throw error;
  return { ...error.details, message: error.message };
}

export function targetIn(to: string, name = 'a.json'): OutputTarget & { source: OutputSource } {
  return { to, name, contentType: 'application/json', source: { jobId: 'j', fileId: 'f', nodeId: null } };
}

// eslint-disable-next-line @typescript-eslint/require-await
export async function* bytesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
