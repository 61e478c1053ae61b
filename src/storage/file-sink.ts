import { createHash, randomUUID } from 'node:crypto';
import { lstat, open, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { firstBytes } from '../core/encoded-size';
import { errorCode } from '../core/error-shape';
import { shownRef } from '../core/reference';
import { isStorageError, UnstructuredStorageError } from '../core/storage-error';
import { isInside, parseFileUrl, realFolders } from './file-paths';
import { OpenFolder } from './open-folder';
import { noteFailure } from './note-failure';
import { sourceHash } from './output-name';
import type { OutputSink, OutputTarget, StoredOutput } from './sink';
import { findIn, readIn } from './stored-file';
import { syncFile } from './sync-file';

/** Longest path that the usual file systems accept, less the longest name of the folder in which an output is written before it gets its name. */
const MAX_PATH_BYTES = 4_095 - 256;

/** `file:` targets under allowed folders. */
export class FileSink implements OutputSink {
  readonly #folders: readonly string[];

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  async check(to: string): Promise<void> {
    await this.#allowed(to).catch((error: unknown) => {
      throw toSinkError(error, to, "can't be used");
    });
  }

  canStore({ to, name }: Pick<OutputTarget, 'to' | 'name'>): boolean {
    return Buffer.byteLength(join(parseFileUrl(to) ?? '', name)) <= MAX_PATH_BYTES;
  }

  async find({ to, name }: OutputTarget, { signal }: { signal: AbortSignal }): Promise<StoredOutput | undefined> {
    return this.#within(to, (folder) => findIn(folder, name, signal));
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
      return body && readable(body, to);
    } catch (error) {
      throw toSinkError(error, to, "can't be read");
    }
  }

  /**
   * Writes the output to a hidden `.part` folder next to its final name, syncs it, and renames it. A worker that dies leaves at most that folder,
   * never half an output. Once the output is in place, the parts that other writers left of it are removed; a writer that is still running then takes
   * the output that is there. All steps happen in the folder that was opened, even if something else takes its place in the meantime.
   */
  async store(
    target: OutputTarget,
    body: AsyncIterable<Uint8Array>,
    { signal }: { signal: AbortSignal },
  ): Promise<StoredOutput> {
    return this.#within(target.to, async (folder) => {
      const { name } = target;
      const partsName = partsFolder(target);
      const part = randomUUID();
      await using parts = await folder.make(partsName);
      let bodyFailure: { error: unknown } | undefined;
      const noted = noteFailure(body, (error) => (bodyFailure = { error }));
      try {
        const written = await writeSynced(parts.entry(part), noted, signal);
        await folder.check();
        await rename(parts.entry(part), folder.entry(name));
        await folder.sync();
        await removeParts(folder, parts, partsName);
        return { location: pathToFileURL(join(folder.path, name)).href, ...written };
      } catch (error) {
        const there = errorCode(error) === 'ENOENT' ? await findIn(folder, name, signal) : undefined;
        if (there) return there;
        await rm(parts.entry(part), { force: true });
        await rmdir(folder.entry(partsName)).catch(() => undefined); // not empty if another writer uses it
        throw error === bodyFailure?.error ? new BodyError(error) : error;
      }
    });
  }

  /** Runs `perform` in the target's real folder, which is created if it is missing. */
  async #within<T>(to: string, perform: (folder: OpenFolder) => Promise<T>): Promise<T> {
    try {
      await using folder = await this.#folder(to);
      return await perform(folder);
    } catch (error) {
      throw error instanceof BodyError ? error.cause : toSinkError(error, to, 'accepted no output');
    }
  }

  async #folder(to: string): Promise<OpenFolder> {
    const { real, existing } = await this.#allowed(to);
    await using there = await OpenFolder.open(existing);
    return await there.below(real);
  }

  /** The real path of a target in an allowed folder, and the part of it that exists. Creates nothing. */
  async #allowed(to: string): Promise<{ real: string; existing: string }> {
    const path = parseFileUrl(to);
    const folders = await realFolders(this.#folders);
    if (path === undefined || !isInside(path, [...this.#folders, ...folders])) throw notAllowed(to);
    const part = await existingPart(path);
    const existing = await realpath(part);
    const real = join(existing, relative(part, path));
    if (!isInside(real, folders)) throw notAllowed(to);
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

/** In bytes. Leaves room in the name for the hash and the rest. */
const MAX_PARTS_STEM = 200;

/** The parts folder of this output only. An output of another source may have the same name, and would take the parts for its own. */
function partsFolder({ name, source }: OutputTarget): string {
  const hash = source && sourceHash(source);
  return hash === null || name.includes(hash) ? `.${name}.part` : `.${firstBytes(name, MAX_PARTS_STEM)}-${hash}.part`;
}

/** Wraps an error of the body, to distinguish it from an error of the folder. */
class BodyError extends Error {
  constructor(override readonly cause: unknown) {
    super();
  }
}

/** Removes what other writers left of the output. A link in place of the folder is not followed. */
async function removeParts(folder: OpenFolder, parts: OpenFolder, name: string): Promise<void> {
  try {
    for (const part of await readdir(parts.entry('.'))) await rm(parts.entry(part), { force: true });
    await rmdir(folder.entry(name));
  } catch {
    // Other writers still use the folder, or have removed it themselves.
  }
}

/** Codes of errors that mean that a path does not exist. After any other error, it may. */
const MISSING: readonly unknown[] = ['ENOENT', 'ENOTDIR'];

/** The longest part of the path that exists. */
async function existingPart(path: string): Promise<string> {
  for (let part = path; ; part = dirname(part))
    try {
      await lstat(part);
      return part;
    } catch (error) {
      if (part === dirname(part) || !MISSING.includes(errorCode(error))) throw error; // such as a drive that is missing
    }
}

async function writeSynced(
  path: string,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(path, 'wx');
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
    }
    await syncFile(handle);
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

function notAllowed(to: string): UnstructuredStorageError {
  return new UnstructuredStorageError(`Target ${shownRef(to)} is not under a folder of the option outputs.folders`, {
    kind: 'lasting',
  });
}

/** Codes of errors that a retry does not fix. A full or failing disk may recover. */
const LASTING = [
  ...['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'EINVAL', 'EILSEQ'],
  ...['EFBIG', 'ENOTSUP'],
];

function toSinkError(error: unknown, to: string, what: string): unknown {
  const code = errorCode(error) ?? '';
  if (isStorageError(error) || !LASTING.includes(code)) return error;
  const message = `Target ${shownRef(to)} ${what}`;
  return new UnstructuredStorageError(message, { kind: 'lasting', code, cause: error });
}
