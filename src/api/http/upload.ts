import { type FileLike, FormDataEncoder, type FormDataLike } from 'form-data-encoder';
import { HttpError } from './http-error';
import { Pace, type Rate } from './pace';
import { type Reading, STALLED_MS, toFileLike, type UploadFile } from './upload-file';

/** How long the answer may take once all is sent, in milliseconds. */
const ANSWER_MS = 120_000;

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

  constructor(fields: Record<string, string>, files: readonly UploadFile[], rate: Rate) {
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
      this.#arm(STALLED_MS, 'the upload stalled');
      this.#pace.begin(); // the next is asked for once the network took this one
      yield chunk;
      clearTimeout(this.#watch); // a file that is waited for is watched by itself
      this.#pace.pause();
      this.#pace.count(chunk.length);
    }
    this.#pace.end();
    this.#arm(ANSWER_MS, 'no answer to the upload in time');
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
