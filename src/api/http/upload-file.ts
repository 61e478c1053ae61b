import type { FileLike } from 'form-data-encoder';
import { inBytes } from '../../core/bytes';
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
   * Creates the error that the call fails with if the file cannot be read to its end. It receives the error of `stream`, or an error that says what
   * else is wrong, such as the length.
   * @default the error of `stream` unchanged, or an UnstructuredConnectionError
   */
  toError?: ((error: unknown) => Error) | undefined;
}

/** How long an upload, or the stream of a file, may make no progress, in milliseconds. */
export const STALLED_MS = 60_000;

/** Callbacks for each file that is sent. */
export interface Reading {
  ended: () => void;
  failed: (error: unknown) => void;
}

/** The file in the form that the body's encoder expects. */
export function toFileLike(file: UploadFile, reading: Reading): FileLike {
  return {
    name: file.name,
    type: file.contentType,
    // If a size is unknown, the encoder leaves out the total length, and the body is sent in chunks.
    size: file.bytes ?? NaN,
    lastModified: 0,
    [Symbol.toStringTag]: 'File',
    stream: () => counted(file, reading),
  };
}

/**
 * Yields the chunks of a file. A file that is shorter or longer than promised would break the promised length of the body.
 * @throws HttpError if the file cannot be read to its end; callers see it only if an answer had begun, otherwise the error passed to `failed`
 */
async function* counted(file: UploadFile, { ended, failed }: Reading): AsyncGenerator<Uint8Array> {
  const { bytes, toError = (error: unknown) => ownError(file, error) } = file;
  let sent = 0;
  try {
    const chunks = inBytes(file.stream(), (why) => new BrokenFileError(why));
    for await (const chunk of unlessStalled(chunks)) {
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

/** @throws BrokenFileError if a chunk does not arrive in time; the network is not at fault */
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
    timer.unref(); // the upload may end first
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** An error of a file whose stream did not fail itself. */
class BrokenFileError extends Error {}

function ownError({ name }: UploadFile, error: unknown): unknown {
  if (!(error instanceof BrokenFileError)) return error;
  const message = `The file ${name} could not be read to its end: ${error.message}`;
  return createUnstructuredError(message, { kind: 'connection', incomplete: true });
}
