import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Separators, NUL and dot segments in disguise: a path with them means something else to each reader. */
const TRICKS = /%(2f|5c|00)|\\|\0/i;

/** What names a file by a reference that leads to it and no other. */
export const FILE_URL_HINT = 'write it as pathToFileURL(path).href of node:url does';

const BEFORE_PATH = /^file:(?:\/\/(?:localhost)?)?(?=\/)/i;

/**
 * The path of a `file:` URL of this machine; undefined where it is not such a URL, holds a trick, or is not normalised: a parser takes out the tabs
 * and line ends of those, and the spaces at their ends, and so leads to another file.
 */
export function parseFileUrl(ref: string): string | undefined {
  const path = ref.slice('file:'.length);
  const segments = path.split('/').map((segment) => segment.replaceAll(/%2e/gi, '.'));
  if (TRICKS.test(ref) || /[?#]/.test(ref) || segments.includes('..')) return undefined;
  try {
    const found = fileURLToPath(`file://${new URL(ref).pathname}`);
    return decodeURIComponent(ref.replace(BEFORE_PATH, '')) === found ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a path is a folder of these, or below one of them. Both sides are taken as they are. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const way = relative(folder, path);
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

/** The folders as they really are, with symbolic links resolved; of one that is not there yet, the part of its path that exists. */
export function realFolders(folders: readonly string[]): Promise<string[]> {
  return Promise.all(folders.map((folder) => realPart(resolve(folder))));
}

async function realPart(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPart(parent), basename(path));
  }
}
