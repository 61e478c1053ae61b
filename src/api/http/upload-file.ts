import type { FileLike } from 'form-data-encoder';
import { createUnstructuredError } from '../../core/errors';
import { HttpError } from './http-error';

/** A file to upload. It is read while it is sent. */
export interface UploadFile {
  name: string;
  contentType: string;
  /** Size in bytes; undefined if it is not known before the end. */
  bytes: number | undefined;
  /** Called once. */
  stream(): AsyncIterable<Uint8Array>;
  /**
   * If the file cannot be read to its end, makes the error that the call fails with, from what `stream` failed with, or from what is wrong
   * with the length.
   * @default the error of `stream` as it is, or an UnstructuredConnectionError
   */
  toError?: ((error: unknown) => Error) | undefined;
}

/** How long an upload, or the stream of a file, may stand still, in milliseconds. */
export const STALLED_MS = 60_000;

/** Told of each file that is sent. */
export interface Reading {
  ended: () => void;
  failed: (error: unknown) => void;
}

/** The file as the encoder of the body takes it. */
export function toFileLike(file: UploadFile, reading: Reading): FileLike {
  return {
    name: file.name,
    type: file.contentType,
    // Unknown sizes make the encoder leave out the length of the whole, so that the body goes out in chunks.
    size: file.bytes ?? NaN,
    lastModified: 0,
    [Symbol.toStringTag]: 'File',
    stream: () => counted(file, reading),
  };
}

/**
 * A file that ends early or late would break the body's promised length.
 * @throws HttpError for an answer that had begun by then: without one, `failed` was told what it is
 */
async function* counted(file: UploadFile, { ended, failed }: Reading): AsyncGenerator<Uint8Array> {
  const { bytes, toError = (error: unknown) => ownError(file, error) } = file;
  let sent = 0;
  try {
    for await (const chunk of unlessStalled(file.stream())) {
      sent += chunk.length;
      if (bytes !== undefined && sent > bytes) break;
      yield chunk;
    }
    if (bytes !== undefined && sent !== bytes)
      throw new BrokenFileError(`its length is not the promised ${bytes} bytes`);
    ended();
  } catch (error) {
    failed(toError(error));
    throw new HttpError('response', 'the answer broke off, as a file could not be read to its end');
  }
}

/** @throws BrokenFileError where a chunk does not come in time: no network is at fault */
async function* unlessStalled(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]();
  let isAwaited = false;
  try {
    for (;;) {
      isAwaited = true;
      const next = await inTime(chunks.next());
      if (next.done === true) return;
      isAwaited = false;
      yield next.value;
    }
  } finally {
    const end = chunks.return?.();
    if (isAwaited)
      end?.catch(() => undefined); // it may hang
    else await end;
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new BrokenFileError(`no data for ${STALLED_MS / 1_000} s`)), STALLED_MS);
    timer.unref(); // where the upload ends otherwise
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What is wrong with a file whose stream does not fail by itself. */
class BrokenFileError extends Error {}

function ownError({ name }: UploadFile, error: unknown): unknown {
  if (!(error instanceof BrokenFileError)) return error;
  const message = `The file ${name} could not be read to its end: ${error.message}`;
  return createUnstructuredError(message, { kind: 'connection', incomplete: true });
}
