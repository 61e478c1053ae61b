import { type FileLike, FormDataEncoder, type FormDataLike } from 'form-data-encoder';
import { createUnstructuredError } from '../../core/errors';
import { Pace, type Rate } from './pace';
import { HttpError } from './http-error';

/** A file to upload. It is read while it is sent. */
export interface UploadFile {
  name: string;
  contentType: string;
  /** Size in bytes; undefined if it is not known before the end. */
  bytes: number | undefined;
  /** Called once. */
  stream(): AsyncIterable<Uint8Array>;
}

/** A file whose caller says what the upload fails with, should the file break off. */
export interface BreakableFile extends UploadFile {
  /** Makes that error of what its stream failed with, or of what is wrong with its length. @default the error at hand */
  broken?: ((error: unknown) => unknown) | undefined;
}

/** How long an upload, or the stream of a file, may stand still, and how long the answer may take once all is sent. In milliseconds. */
const UPLOAD_LIMITS = Object.freeze({ stalled: 60_000, answer: 120_000 });

/** A multipart body, sent as it is read and never held. Watches itself, since time-outs of answers begin when a request begins. */
export class Upload {
  readonly headers: Record<string, string>;
  /** What a file's own stream failed with: it is no error of the network. The request was not whole then. */
  failure: { error: unknown } | undefined;
  /** How many files were not read to their end yet. */
  #unread: number;
  readonly #encoder: FormDataEncoder;
  readonly #stop = new AbortController();
  readonly #pace: Pace;
  #watch: NodeJS.Timeout | undefined;

  constructor(fields: Record<string, string>, files: readonly BreakableFile[], rate: Rate) {
    this.#pace = new Pace(rate, (error) => this.#stop.abort(error));
    this.#unread = files.length;
    const reading: Reading = { ended: () => this.#unread--, failed: (error) => (this.failure ??= { error }) };
    this.#encoder = new FormDataEncoder(multipartForm(fields, files, reading));
    const { 'Content-Type': type, 'Content-Length': length } = this.#encoder.headers;
    this.headers = { 'content-type': type, ...(length !== undefined && { 'content-length': length }) };
  }

  /** Whether the request may have gone out whole: its last bytes follow the last file. */
  get mayBeWhole(): boolean {
    return this.#unread === 0;
  }

  /** Aborts when the upload stands still, or trickles. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async *body(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#encoder.encode()) {
      this.#arm(UPLOAD_LIMITS.stalled, 'the upload stalled');
      this.#pace.begin(); // the next is asked for once the network took this one
      yield chunk;
      clearTimeout(this.#watch); // a file that is waited for is watched by itself
      this.#pace.pause();
      this.#pace.count(chunk.length);
    }
    this.#pace.end();
    this.#arm(UPLOAD_LIMITS.answer, 'no answer to the upload in time');
  }

  /** Ends the watch. */
  done(): void {
    this.#pace.end();
    clearTimeout(this.#watch);
  }

  #arm(ms: number, what: string): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#stop.abort(new HttpError('timeout', `${what} (${ms} ms)`)), ms);
  }
}

/** Told of each file that is sent. */
interface Reading {
  ended: () => void;
  failed: (error: unknown) => void;
}

function multipartForm(
  fields: Record<string, string>,
  files: readonly BreakableFile[],
  reading: Reading,
): FormDataLike {
  const entries: [string, string | FileLike][] = [
    ...Object.entries(fields),
    ...files.map((file): [string, FileLike] => ['input_files', toFileLike(file, reading)]),
  ];
  return {
    append: () => undefined,
    getAll: (name) => entries.filter(([key]) => key === name).map(([, value]) => value),
    entries: () => entries.values(),
    [Symbol.iterator]: () => entries.values(),
    [Symbol.toStringTag]: 'FormData',
  };
}

function toFileLike(file: BreakableFile, reading: Reading): FileLike {
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
async function* counted(file: BreakableFile, { ended, failed }: Reading): AsyncGenerator<Uint8Array> {
  const { bytes, broken = (error: unknown) => ownError(file, error) } = file;
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
    failed(broken(error));
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
  const ms = UPLOAD_LIMITS.stalled;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new BrokenFileError(`no data for ${ms / 1_000} s`)), ms);
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
