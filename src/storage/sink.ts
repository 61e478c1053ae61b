import type { OutputSource } from '../core/output';

/** Where outputs go. One sink serves one scheme of targets, such as `s3:`. */
export interface OutputSink {
  /**
   * Looks whether the sink's configuration allows a target, before a run sends anything; nothing is made there.
   * @default every target is taken until the first output is stored
   * @throws UnstructuredStorageError where it does not
   */
  check?: ((to: string) => void | Promise<void>) | undefined;
  /**
   * What is there already under the target's name, if it is whole; asked only where that can be of no other source. Given up after 10 minutes.
   * @throws UnstructuredStorageError where the target is not allowed
   */
  find(target: OutputTarget, options: { signal: AbortSignal }): Promise<StoredOutput | undefined>;
  /**
   * Stores `body`, in the place of what is there. Nothing is ever seen under the final name but a body that ended well: where `body` fails, or the process dies, nothing is.
   * Given up where it takes nothing of `body` for 5 minutes, or does not settle within 5 minutes of its end; `signal` tells.
   * @throws UnstructuredStorageError; what `body` throws is thrown on as it is
   */
  store(target: OutputTarget, body: AsyncIterable<Uint8Array>, options: { signal: AbortSignal }): Promise<StoredOutput>;
  /**
   * Reads what is stored under a name, as one body: also where it is replaced meanwhile. What is returned is read at once.
   * @default runs of many documents are refused, since they keep plan and manifest beside the outputs
   * @returns undefined where nothing is there
   * @throws UnstructuredStorageError
   */
  read?:
    | ((
        target: Pick<OutputTarget, 'to' | 'name'>,
        options: { signal: AbortSignal },
      ) => Promise<AsyncIterable<Uint8Array> | undefined>)
    | undefined;
}

/** Where one output goes, and what it is. */
export interface OutputTarget {
  /**
   * The caller's `to`, a folder or prefix, with or without a slash at the end. With a template of names the folders of this one stand behind
   * it: percent-encoded where the scheme is `file`, `http` or `https`, and as they are where it is another.
   */
  to: string;
  /** File name, made safe. Without a template it is unique for its source; with one, an earlier job's output may have the same. */
  name: string;
  contentType: string;
  /**
   * null: no output but a record of a batch, such as its manifest. Only a sink that can `read` is given one. Stored again,
   * it takes the place of what is there.
   */
  source: OutputSource | null;
}

/** What a sink says of an output that it holds whole. */
export interface StoredOutput {
  /** A URL of the sink's scheme. */
  location: string;
  bytes: number;
  /** SHA-256 in hex. */
  sha256: string;
}
