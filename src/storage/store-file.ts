import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { firstBytes } from '../core/encoded-size';
import { errorCode } from '../core/error-shape';
import type { OpenFolder } from './open-folder';
import { sourceHash } from './output-name';
import type { OutputTarget, StoredOutput } from './sink';
import { findIn } from './stored-file';
import { syncFile } from './sync-file';

/**
 * Writes the output to a hidden `.part` folder next to its final name, syncs it, and renames it. A worker that dies leaves at most that folder, never
 * half an output. Once the output is in place, the parts that other writers left of it are removed; a writer that is still running then takes the
 * output that is there.
 */
export async function storeIn(
  folder: OpenFolder,
  target: OutputTarget,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<StoredOutput> {
  const { name } = target;
  const partsName = partsFolder(target);
  const part = randomUUID();
  await using parts = await folder.make(partsName);
  try {
    const written = await writeSynced(parts.entry(part), body, signal);
    await folder.check();
    await rename(parts.entry(part), folder.entry(name));
    await folder.sync();
    await removeParts(folder, parts, partsName);
    return { location: pathToFileURL(join(folder.path, name)).href, ...written };
  } catch (error) {
    const there = errorCode(error) === 'ENOENT' ? await findIn(folder, name, signal) : undefined;
    if (there) return there;
    await rm(parts.entry(part), { force: true }).catch(() => undefined);
    await rmdir(folder.entry(partsName)).catch(() => undefined); // not empty if another writer uses it
    throw error;
  }
}

/** In bytes. Leaves room in the name for the hash and the rest. */
const MAX_PARTS_STEM = 200;

/** The parts folder of this output only. An output of another source may have the same name, and would take the parts for its own. */
function partsFolder({ name, source }: OutputTarget): string {
  const hash = source && sourceHash(source);
  return hash === null || name.includes(hash) ? `.${name}.part` : `.${firstBytes(name, MAX_PARTS_STEM)}-${hash}.part`;
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
