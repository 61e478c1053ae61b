import { log } from '@temporalio/activity';
import { lookup } from 'mime-types';
import type { UploadFile } from '../../src/api/client';
import { orLate } from '../../src/common/or-aborted';
import { UnstructuredDocumentRefusedError } from '../../src/core/document';
import { errorMessage } from '../../src/core/error-shape';
import type { UploadRequest } from '../../src/core/start/request';
import { safeName } from '../../src/core/start/upload-names';
import type { OpenDocument } from '../../src/storage/source';

/** Counts down a time that begins now. Returns the remaining time, at least one millisecond. */
export function countdown(ms: number): () => number {
  const begunAt = performance.now();
  return () => Math.max(1, Math.floor(ms - (performance.now() - begunAt)));
}

/**
 * Opens a document within a time limit, even if its source ignores the signal. A document that is opened too late is closed.
 * @throws Error once the time is over
 */
export async function openWithin(
  ms: number,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<OpenDocument>,
): Promise<OpenDocument> {
  const late = () => new Error(`it was not opened within ${ms} ms`);
  let opening: Promise<OpenDocument> | undefined;
  try {
    // The signal that `open` gets also stops the reading of the document.
    return await orLate({ ms, late, signal }, (either) => (opening = open(either)));
  } catch (error) {
    opening?.then((document) => document.close?.()).catch(() => undefined);
    throw error;
  }
}

/** How long it may take to open one document, or to check a target, in milliseconds. */
export const LONGEST_OPEN_MS = 60_000;

/** What is needed to make an upload from a document. */
interface UploadOptions {
  /** The name that the source gives the document. */
  called: string;
  maxBytes: number;
  /** Called once the document was read to its end. */
  done: () => void;
  /** The error of the start if the document cannot be read to its end. */
  toError: (error: unknown) => Error;
}

export function toUploadFile(
  { ref, uploadName, prefix, contentType }: UploadRequest,
  document: OpenDocument,
  { called, maxBytes, done, toError }: UploadOptions,
): UploadFile {
  const name = prefix === undefined ? uploadName : prefix + safeName(called);
  return {
    name,
    contentType: contentType ?? guessContentType(name) ?? document.contentType ?? 'application/octet-stream',
    bytes: document.bytes,
    async *stream() {
      let sent = 0;
      for await (const chunk of document.stream()) {
        sent += chunk.length;
        if (sent > maxBytes)
          throw new UnstructuredDocumentRefusedError(
            ref,
            'tooLarge',
            `it has more than maxDocumentBytes (${maxBytes})`,
          );
        yield chunk;
      }
      done();
    },
    toError,
  };
}

/**
 * Whether one of these documents, which have not been read yet, can be read to its end. If so, their storage works, and another document that breaks
 * off is at fault itself. Never fails.
 * @param ms Longest time for all of them, in milliseconds
 */
export async function canReadAny(
  documents: readonly OpenDocument[],
  { ms, signal }: { ms: number; signal: AbortSignal },
): Promise<boolean> {
  const leftMs = countdown(ms);
  const late = () => new Error('No document was read in time');
  for (const document of documents) {
    try {
      if (await orLate({ ms: leftMs(), late, signal }, (either) => isReadWhole(document, either))) return true;
    } catch (error) {
      log.debug('A document could not be read to its end', { error: String(error) });
    }
  }
  return false;
}

async function isReadWhole(document: OpenDocument, signal: AbortSignal): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of document.stream()) {
    bytes += chunk.length;
    signal.throwIfAborted();
  }
  return document.bytes === undefined || document.bytes === bytes;
}

/** How long closing documents may delay the answer, in milliseconds; shorter if the attempt is nearly over. */
const CLOSING_MS = { shortest: 500, longest: 5_000 };

/**
 * Closes documents, and waits briefly for other work in progress. Never fails: no error here may replace the answer, because only the answer shows
 * what was started.
 * @param leftMs Remaining time of the attempt
 */
export async function closeAll(
  documents: readonly OpenDocument[],
  others: readonly Promise<void>[],
  leftMs: number,
): Promise<void> {
  const limitMs = Math.min(CLOSING_MS.longest, Math.max(CLOSING_MS.shortest, leftMs));
  const closing = documents.map(async (document) => {
    await document.close?.(); // inside the async function, because it may throw synchronously
  });
  const all = [...closing, ...others].map((end) =>
    end.catch(
      (error: unknown) =>
        void log.warn('A document was not closed, or its progress not reported', { error: String(error) }),
    ),
  );
  const late = () => new Error('Closing documents and reporting progress took too long');
  try {
    await orLate({ ms: limitMs, late }, () => Promise.all(all));
  } catch (error) {
    log.warn(errorMessage(error), { limitMs });
  }
}

/** Media type by a file name's extension; undefined if the extension is unknown. */
export function guessContentType(name: string): string | undefined {
  return lookup(name) || undefined;
}
