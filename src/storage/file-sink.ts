import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode } from '../core/error-shape';
import { shownRef } from '../core/reference';
import { UnstructuredStorageError } from '../core/storage-error';
import { FILE_URL_HINT, isInside, parseFileUrl, realFolders } from './file-paths';
import { noteFailure } from './note-failure';
import { OpenFolder } from './open-folder';
import type { OutputSink, OutputTarget, StoredOutput } from './sink';
import { toSinkError } from './sink-error';
import { storeIn } from './store-file';
import { findIn, readIn } from './stored-file';

/** Longest path that the usual file systems accept, less the longest name of the folder in which an output is written before it gets its name. */
const MAX_PATH_BYTES = 4_095 - 256;

/** `file:` targets under allowed folders. */
export class FileSink implements OutputSink {
  readonly #folders: readonly string[];

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  async check(to: string): Promise<void> {
    try {
      const { existing } = await this.#allowed(to);
      const folder = await OpenFolder.open(existing);
      await folder[Symbol.asyncDispose]();
    } catch (error) {
      throw toSinkError(error, to, "can't be used");
    }
  }

  canStore({ to, name }: Pick<OutputTarget, 'to' | 'name'>): boolean {
    return Buffer.byteLength(join(parseFileUrl(to) ?? '', name)) <= MAX_PATH_BYTES;
  }

  async find({ to, name }: OutputTarget, { signal }: { signal: AbortSignal }): Promise<StoredOutput | undefined> {
    try {
      await using folder = await this.#folder(to);
      return await findIn(folder, name, signal);
    } catch (error) {
      throw toSinkError(error, to, 'accepted no output');
    }
  }

  /** Creates nothing, even if the folder is missing. */
  async read(
    { to, name }: Pick<OutputTarget, 'to' | 'name'>,
    { signal }: { signal: AbortSignal },
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      const { real, existing } = await this.#allowed(to);
      if (existing !== real) return undefined;
      await using folder = await OpenFolder.open(real);
      const body = await readIn(folder, name, signal);
      if (body === 'notAFile')
        throw new UnstructuredStorageError(
          `Target ${shownRef(to)} can't be read: ${name} in it is not a regular file`,
          { kind: 'lasting' },
        );
      return body && readable(body, to);
    } catch (error) {
      throw toSinkError(error, to, "can't be read");
    }
  }

  /** All steps happen in the folder that was opened, even if something else takes its place in the meantime. */
  async store(
    target: OutputTarget,
    body: AsyncIterable<Uint8Array>,
    { signal }: { signal: AbortSignal },
  ): Promise<StoredOutput> {
    let bodyFailure: { error: unknown } | undefined;
    const noted = noteFailure(body, (error) => (bodyFailure = { error }));
    try {
      await using folder = await this.#folder(target.to);
      return await storeIn(folder, target, noted, signal);
    } catch (error) {
      throw error === bodyFailure?.error ? error : toSinkError(error, target.to, 'accepted no output');
    }
  }

  /** The target's real folder, which is created if it is missing. */
  async #folder(to: string): Promise<OpenFolder> {
    const { real, existing } = await this.#allowed(to);
    await using there = await OpenFolder.open(existing);
    return await there.below(real);
  }

  /** The real path of a target in an allowed folder, and the part of it that exists. Creates nothing. */
  async #allowed(to: string): Promise<{ real: string; existing: string }> {
    const refuse = (why: string) => new UnstructuredStorageError(`Target ${shownRef(to)} ${why}`, { kind: 'lasting' });
    const path = parseFileUrl(to);
    if (path === undefined) throw refuse(`is not a normalised file: URL of this machine; ${FILE_URL_HINT}`);
    const folders = await realFolders(this.#folders);
    const outside = refuse('is not under a folder of the option outputs.folders');
    if (!isInside(path, [...this.#folders, ...folders])) throw outside;
    const part = await existingPart(path);
    const existing = await realpath(part);
    const real = join(existing, relative(part, path));
    if (!isInside(real, folders)) throw outside;
    return { real, existing };
  }
}

async function* readable(body: AsyncIterable<Uint8Array>, to: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw toSinkError(error, to, "can't be read");
  }
}

/** The longest part of the path that exists. */
async function existingPart(path: string): Promise<string> {
  for (let part = path; ; part = dirname(part))
    try {
      await lstat(part);
      return part;
    } catch (error) {
      // At the root, a drive is missing. After any other error, the path may exist.
      if (part === dirname(part) || errorCode(error) !== 'ENOENT') throw error;
    }
}
