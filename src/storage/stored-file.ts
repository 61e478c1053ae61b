import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCode } from '../core/error-shape';
import type { OpenFolder } from './open-folder';
import type { StoredOutput } from './sink';

/** Reads the file stored under a name, as it was when it was opened; undefined if nothing has the name. */
export async function readIn(
  folder: OpenFolder,
  name: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | 'notAFile' | undefined> {
  let handle: FileHandle;
  try {
    handle = await openToRead(folder, name);
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code === 'ENOENT') return undefined;
    if (NOT_A_FILE.includes(code)) return 'notAFile';
    throw error;
  }
  let isFile = false;
  try {
    isFile = (await handle.stat()).isFile();
  } finally {
    if (!isFile) await handle.close();
  }
  return isFile ? thenClosed(handle, signal) : 'notAFile';
}

/** Reads a file, then closes it. */
async function* thenClosed(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* readBytes(handle, signal);
  } finally {
    await handle.close();
  }
}

/** Reads a file. The signal is not passed to the stream: given a signal that is already aborted, a stream throws where nothing can catch it. */
async function* readBytes(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  for await (const chunk of handle.createReadStream({ autoClose: false })) {
    signal.throwIfAborted();
    yield chunk as Buffer;
  }
}

/** Codes of errors with which a link, a socket or a device is opened. */
const NOT_A_FILE = ['ELOOP', 'EISDIR', 'ENXIO', 'ENODEV'];

/** Opens a file without blocking, because opening a named pipe would block. A link is not followed. */
function openToRead(folder: OpenFolder, name: string): Promise<FileHandle> {
  return open(folder.entry(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** Finds the output stored under a name, and computes its hash; undefined if there is none, or if it is not a file. */
export async function findIn(folder: OpenFolder, name: string, signal: AbortSignal): Promise<StoredOutput | undefined> {
  const handle = await openToRead(folder, name).catch(() => undefined);
  try {
    const stat = await handle?.stat();
    if (!handle || !stat?.isFile()) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of readBytes(handle, signal)) hash.update(chunk);
    return { location: pathToFileURL(join(folder.path, name)).href, bytes: stat.size, sha256: hash.digest('hex') };
  } finally {
    await handle?.close();
  }
}
