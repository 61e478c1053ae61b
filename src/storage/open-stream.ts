import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isDocumentRefused } from '../core/document';
import { isStorageError } from '../core/storage-error';
import { type ContentCoding, createDecoder } from '../network/content-coding';

/** A stream whose first piece has arrived. A stream that fails at its first byte has already failed. */
interface OpenStream {
  /** undefined if the stream is empty. */
  first: Uint8Array | undefined;
  /** The first piece and all others. Called at most once. */
  all(): AsyncGenerator<Uint8Array>;
  /** Discards what has not been read. */
  discard(): Promise<void>;
}

/** Reads the first piece of a stream. @throws the stream's error */
export async function openStream(stream: AsyncIterable<Uint8Array>): Promise<OpenStream> {
  const pieces = stream[Symbol.asyncIterator]();
  const next = async () => {
    for (;;) {
      const next: IteratorResult<Uint8Array, unknown> = await pieces.next();
      if (next.done === true) return undefined;
      if (next.value.length > 0) return next.value;
    }
  };
  const first = await next();
  const discard = async () => {
    await pieces.return?.();
  };
  return {
    first,
    async *all() {
      try {
        for (let piece = first; piece !== undefined; piece = await next()) yield piece;
      } finally {
        await discard();
      }
    },
    discard,
  };
}

/** The decoded bytes. */
export async function* decoded(
  coded: AsyncIterable<Uint8Array>,
  codings: readonly ContentCoding[],
): AsyncGenerator<Uint8Array> {
  if (codings.length === 0) {
    yield* coded;
    return;
  }
  const decoder = createDecoder(codings);
  const decoding = pipeline(Readable.from(coded), decoder);
  decoding.catch(() => undefined); // its reader gets the error
  yield* decoder as AsyncIterable<Uint8Array>;
  await decoding;
}

/** How often a stream is opened again without any progress. */
const MOST_FAILURES = 3;

/**
 * A stream that continues where it broke off, because a server may end a transfer that waits for its turn.
 * @param again Opens the stream again from a given byte on; fails if that is another document, or if that is unknown
 * @param pause Waits before the next try
 */
export async function* reconnecting(
  begun: AsyncIterable<Uint8Array>,
  again: (from: number) => Promise<AsyncIterable<Uint8Array>>,
  pause: (failures: number) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let from = 0;
  let failures = 0;
  let stream: AsyncIterable<Uint8Array> | undefined = begun;
  for (;;) {
    try {
      stream ??= await again(from);
      for await (const piece of stream) {
        from += piece.length;
        failures = 0;
        yield piece;
      }
      return;
    } catch (error) {
      if (error instanceof CannotReconnect) throw error.cause;
      if (isSettled(error) || ++failures > MOST_FAILURES) throw error;
      await pause(failures);
    }
    stream = undefined;
  }
}

/** Whether an error of opening a stream again will be the same at the next try. */
function isSettled(error: unknown): boolean {
  return isDocumentRefused(error) || (isStorageError(error) && error.details.kind !== 'passing');
}

/** Thrown when opening a stream again fails and a retry does not help. */
export class CannotReconnect extends Error {
  constructor(override readonly cause: Error) {
    super(cause.message);
  }
}

/** A stream without its first bytes. */
export async function* withoutFirst(from: number, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let skipped = 0;
  for await (const piece of stream) {
    const rest = piece.subarray(Math.min(piece.length, from - skipped));
    skipped += piece.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}
