import type { OutputSource } from '../core/output';

/** Stores outputs. One sink serves one scheme of targets, such as `s3:`. */
export interface OutputSink {
  /**
   * Checks whether the sink's configuration allows a target, before a run sends anything. Creates nothing.
   * @default every target is accepted until the first output is stored
   * @throws UnstructuredStorageError if it does not
   */
  check?: ((to: string) => void | Promise<void>) | undefined;
  /**
   * Whether the storage can hold an object of this name. Called for each document that a batch plans, before anything is sent, so it must not ask the
   * storage.
   * @default every name is accepted until the output is stored
   */
  canStore?: ((target: Pick<OutputTarget, 'to' | 'name'>) => boolean) | undefined;
  /**
   * Returns the output that is already stored under the target's name, if it is complete. Called only if that output certainly has the same
   * source. Abandoned after 10 minutes.
   * @throws UnstructuredStorageError if the target is not allowed
   */
  find(target: OutputTarget, options: { signal: AbortSignal }): Promise<StoredOutput | undefined>;
  /**
   * Stores `body` under the target's name and replaces an existing object. Only a complete body may become visible under that name, not one
   * that failed or whose process died. If the sink reads nothing of `body` for 5 minutes, or does not settle within 5 minutes after its
   * end, `signal` is aborted and the output is abandoned.
   * @throws UnstructuredStorageError; an error of `body` is rethrown unchanged
   */
  store(target: OutputTarget, body: AsyncIterable<Uint8Array>, options: { signal: AbortSignal }): Promise<StoredOutput>;
  /**
   * Reads the object stored under a name. If the object is replaced while it is read, the body remains that of one version. The caller reads it at
   * once.
   * @default batches are refused, because they keep plan and manifest next to the outputs
   * @returns undefined if there certainly is no such object; a batch then starts its jobs again
   * @throws UnstructuredStorageError
   */
  read?:
    | ((
        target: Pick<OutputTarget, 'to' | 'name'>,
        options: { signal: AbortSignal },
      ) => Promise<AsyncIterable<Uint8Array> | undefined>)
    | undefined;
}

/** Target of one output. */
export interface OutputTarget {
  /**
   * The caller's `to`, a folder or prefix, with or without a slash at the end. With a template of names, the output's folders are appended:
   * percent-encoded for the schemes `file`, `http` and `https`, unchanged for others.
   */
  to: string;
  /**
   * File name, safe for file systems. Without a template it is unique for its source. With a template, an output of an earlier job may have
   * the same name.
   */
  name: string;
  contentType: string;
  /**
   * Origin of the output; null for a record of a batch, such as its manifest. Only a sink with `read` receives records. A record that is
   * stored again replaces the one before.
   */
  source: OutputSource | null;
}

/** An output that a sink has stored completely. */
export interface StoredOutput {
  /** A URL of the sink's scheme. */
  location: string;
  bytes: number;
  /** SHA-256 in hex. */
  sha256: string;
}
