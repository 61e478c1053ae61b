import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { shownRef } from '../core/reference';
import { UnstructuredStorageError } from '../core/errors';
import { isInside, pathOf, realFolders } from './file-paths';
import type { OutputSink, OutputTarget, StoredOutput } from './sink';

/** `file:` targets under allowed folders. */
export class FileSink implements OutputSink {
  readonly #folders: readonly string[];

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  async check(to: string): Promise<void> {
    await this.#allowed(to);
  }

  async find({ to, name }: OutputTarget, { signal }: { signal: AbortSignal }): Promise<StoredOutput | undefined> {
    const path = join(await this.#folder(to), name);
    const stat = await lstat(path).catch(() => undefined);
    if (!stat?.isFile()) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
    return { location: pathToFileURL(path).href, bytes: stat.size, sha256: hash.digest('hex') };
  }

  /**
   * Written beside, synced and renamed: a worker that dies leaves a hidden `.part` folder at most, never half an output. Once the output is
   * there, whatever others left of it goes; who still writes it then takes what is there.
   */
  async store(
    target: OutputTarget,
    body: AsyncIterable<Uint8Array>,
    { signal }: { signal: AbortSignal },
  ): Promise<StoredOutput> {
    const folder = await this.#folder(target.to);
    const path = join(folder, target.name);
    const parts = join(folder, `.${target.name}.part`);
    const part = join(parts, randomUUID());
    try {
      await mkdir(parts, { recursive: true });
      const written = await writeSynced(part, body, signal);
      await rename(part, path);
      await syncFolder(folder);
      await rm(parts, { recursive: true, force: true }).catch(() => undefined);
      return { location: pathToFileURL(path).href, ...written };
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const there = isGone ? await this.find(target, { signal }) : undefined;
      if (there) return there;
      await rm(part, { force: true });
      await rmdir(parts).catch(() => undefined); // not empty where another one writes
      throw error;
    }
  }

  /** The folder as it really is, made where it is missing. */
  async #folder(to: string): Promise<string> {
    const { path, folders } = await this.#allowed(to);
    await mkdir(path, { recursive: true });
    const real = await realpath(path);
    if (!isInside(real, folders)) throw notAllowed(to);
    return real;
  }

  /** The path of a target, and the allowed folders as they really are. */
  async #allowed(to: string): Promise<{ path: string; folders: string[] }> {
    const path = pathOf(to);
    const folders = await realFolders(this.#folders);
    if (path === undefined || !isInside(path, [...this.#folders, ...folders])) throw notAllowed(to);
    // A link that leads out is noticed before anything is made behind it.
    const existing = await existingPart(path);
    if (isInside(existing, [...this.#folders, ...folders]) && !isInside(await realpath(existing), folders))
      throw notAllowed(to);
    return { path, folders };
  }
}

/** The nearest part of the path that is there. */
async function existingPart(path: string): Promise<string> {
  for (let part = path; ; part = dirname(part))
    if (part === dirname(part) || (await lstat(part).catch(() => undefined))) return part;
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
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** So that the new name survives a power cut. Some systems can't open folders, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}

function notAllowed(to: string): UnstructuredStorageError {
  return new UnstructuredStorageError(`Target ${shownRef(to)} is no folder under those of the option outputs.folders`, {
    retryable: false,
  });
}
