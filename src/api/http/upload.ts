import { type FileLike, FormDataEncoder, type FormDataLike } from 'form-data-encoder';
import { Pace, type Rate } from '../../network/pace';
import { HttpError } from './http-error';
import { type Reading, STALLED_MS, toFileLike, type UploadFile } from './upload-file';

/** How long the answer may take after everything has been sent, in milliseconds. */
const ANSWER_MS = 120_000;

/**
 * A multipart body. It is sent while it is read, and never held in memory. It monitors its own progress, because time-outs for an answer start when
 * the request starts.
 */
export class Upload {
  readonly headers: Record<string, string>;
  /** The error that a file's stream failed with. It is not a network error. The request was then incomplete. */
  failure: { error: unknown } | undefined;
  /** How many files have not been read to their end yet. */
  #unread: number;
  readonly #encoder: FormDataEncoder;
  readonly #stop = new AbortController();
  readonly #pace: Pace;
  #watch: NodeJS.Timeout | undefined;

  constructor(fields: Record<string, string>, files: readonly UploadFile[], rate: Rate) {
    this.#pace = new Pace(rate, (figures) =>
      this.#stop.abort(new HttpError('timeout', `the transfer stalled: ${figures}`)),
    );
    this.#unread = files.length;
    const reading: Reading = { ended: () => this.#unread--, failed: (error) => (this.failure ??= { error }) };
    this.#encoder = new FormDataEncoder(multipartForm(fields, files, reading));
    const { 'Content-Type': type, 'Content-Length': length } = this.#encoder.headers;
    this.headers = { 'content-type': type, ...(length !== undefined && { 'content-length': length }) };
  }

  /** Whether the whole request may have been sent. Its last bytes follow the last file. */
  get mayBeWhole(): boolean {
    return this.#unread === 0;
  }

  /** Aborts when the upload stalls or is too slow. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async *body(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#encoder.encode()) {
      this.#arm(STALLED_MS, 'the upload stalled');
      this.#pace.begin(); // the next chunk is requested once the network has taken this one
      yield chunk;
      clearTimeout(this.#watch); // reading a file has a time-out of its own
      this.#pace.pause();
      this.#pace.count(chunk.length);
    }
    this.#pace.end();
    this.#arm(ANSWER_MS, 'no answer to the upload in time');
  }

  /** Stops the timers. */
  done(): void {
    this.#pace.end();
    clearTimeout(this.#watch);
  }

  #arm(ms: number, what: string): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#stop.abort(new HttpError('timeout', `${what} (${ms} ms)`)), ms);
  }
}

function multipartForm(fields: Record<string, string>, files: readonly UploadFile[], reading: Reading): FormDataLike {
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
