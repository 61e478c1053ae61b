import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCode } from '../core/error-shape';
import type { ListedEntry, ListedPage, UnlistedReason } from '../core/listing';
import { parseFileUrl } from './file-paths';
import type { OpenFolder } from './open-folder';
import { bytesOfText, isGoodText, textOfBytes } from './name-bytes';

const PAGE_ENTRIES = 1_000;

/** A name in a folder, as bytes. The name of a folder ends with `/`. */
interface Name {
  bytes: string;
  kind: 'file' | 'folder' | Extract<UnlistedReason, 'symlink' | 'notAFile'>;
}

/** A folder that is being listed. */
interface Level {
  folder: OpenFolder;
  /** Path below the folder where the listing began, as bytes and as text; empty, or with `/` at the end. */
  bytes: string;
  text: string;
  /** Sorted by their bytes. */
  names: Name[];
  next: number;
}

/** Error codes of entries that have disappeared, or have become something else, since their folder was read. */
const GONE = ['ENOENT'];
const CHANGED = ['ENOTDIR', 'ELOOP'];
const CLOSED = ['EACCES', 'EPERM'];

/**
 * Lists the files below a folder, sorted by the bytes of their paths, as S3 sorts keys. No link is followed. Each folder is read completely before it
 * is listed. Only the folders on the path to the current one are held in memory.
 *
 * @param root Closed at the end
 * @param options.path The folder as references name it
 */
export async function* listFolder(
  root: OpenFolder,
  { path, after, signal }: { path: string; after: string | undefined; signal: AbortSignal },
): AsyncGenerator<ListedPage> {
  const behind = after === undefined ? undefined : bytesOfText(after);
  const levels: Level[] = [{ folder: root, bytes: '', text: '', names: [], next: 0 }];
  let entries: ListedEntry[] = [];
  try {
    const top = levels[0] as Level;
    top.names = await readNames(root, '', behind);
    for (let level = levels.at(-1); level; level = levels.at(-1)) {
      signal.throwIfAborted();
      const name = level.names[level.next];
      if (!name) {
        levels.pop();
        await level.folder[Symbol.asyncDispose]();
      } else if (name.kind === 'folder') {
        level.next++;
        const below = await enter(level, name, behind);
        if (typeof below === 'object') levels.push(below);
        else if (below !== undefined) entries.push({ path: level.text + textOfBytes(name.bytes), leftOut: below });
      } else {
        const { folder, text } = level;
        const some = takeFiles(level, PAGE_ENTRIES - entries.length);
        const found = await Promise.all(some.map((one) => readEntry(one, folder, text, path)));
        for (const entry of found) if (entry) entries.push(entry);
      }
      if (entries.length < PAGE_ENTRIES) continue;
      yield { entries };
      entries = [];
    }
    if (entries.length > 0) yield { entries };
  } finally {
    for (const { folder } of levels) await folder[Symbol.asyncDispose]();
  }
}

/** The names in a folder that come after a path, and the folders that lead to that path. */
async function readNames(folder: OpenFolder, way: string, behind: string | undefined): Promise<Name[]> {
  const found = await readdir(folder.entry('.'), { withFileTypes: true, encoding: 'buffer' });
  await folder.check();
  const names = found.map(toName);
  const wanted = behind === undefined ? names : names.filter((name) => isWanted(way + name.bytes, name, behind));
  return wanted.sort((a, b) => (a.bytes < b.bytes ? -1 : 1));
}

function isWanted(path: string, { kind }: Name, behind: string): boolean {
  return path > behind || (kind === 'folder' && behind.startsWith(path) && behind !== path);
}

function toName(found: Dirent<Buffer>): Name {
  const bytes = found.name.toString('latin1');
  if (found.isDirectory()) return { bytes: `${bytes}/`, kind: 'folder' };
  if (found.isSymbolicLink()) return { bytes, kind: 'symlink' };
  return { bytes, kind: found.isFile() ? 'file' : 'notAFile' };
}

/** Opens a subfolder. Returns the reason if it is left out, and undefined if it no longer exists. */
async function enter(
  level: Level,
  { bytes }: Name,
  behind: string | undefined,
): Promise<Level | UnlistedReason | undefined> {
  const name = textOfBytes(bytes.slice(0, -1));
  if (!isGoodText(name)) return 'badName';
  let folder: OpenFolder | undefined;
  try {
    folder = await level.folder.enter(name);
    const names = await readNames(folder, level.bytes + bytes, behind);
    return { folder, bytes: level.bytes + bytes, text: `${level.text}${name}/`, names, next: 0 };
  } catch (error) {
    await folder?.[Symbol.asyncDispose]();
    const code = errorCode(error) ?? '';
    if (GONE.includes(code)) return undefined;
    if (CHANGED.includes(code)) return 'notAFile';
    if (CLOSED.includes(code)) return 'notReadable';
    throw error;
  }
}

/** The next names of a folder, up to the next subfolder. */
function takeFiles(level: Level, most: number): Name[] {
  const start = level.next;
  while (level.next - start < most && isNoFolder(level.names[level.next])) level.next++;
  return level.names.slice(start, level.next);
}

function isNoFolder(name: Name | undefined): boolean {
  return name !== undefined && name.kind !== 'folder';
}

/** The entry for a name; undefined if it no longer exists. */
async function readEntry(
  { bytes, kind }: Name,
  folder: OpenFolder,
  way: string,
  base: string,
): Promise<ListedEntry | undefined> {
  const name = textOfBytes(bytes);
  const path = way + name;
  if (kind === 'symlink' || kind === 'notAFile') return { path, leftOut: kind };
  const full = join(base, path);
  const ref = pathToFileURL(full).href;
  if (parseFileUrl(ref) !== full) return { path, leftOut: 'badName' };
  try {
    const stat = await lstat(folder.entry(name));
    if (!stat.isFile()) return { path, leftOut: stat.isSymbolicLink() ? 'symlink' : 'notAFile' };
    return { ref, path, bytes: stat.size, version: `${stat.size}-${Math.trunc(stat.mtimeMs)}` };
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (GONE.includes(code)) return undefined;
    if (CLOSED.includes(code)) return { path, leftOut: 'notReadable' };
    throw error;
  }
}
