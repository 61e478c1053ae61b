import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Encoded separators, backslashes and NUL: parsers disagree on what a path with these means. */
const TRICKS = /%(2f|5c|00)|\\|\0/i;

/** How to write a reference that leads to a given file and no other. */
export const FILE_URL_HINT = 'write it as pathToFileURL(path).href of node:url does';

const BEFORE_PATH = /^file:(?:\/\/(?:localhost)?)?(?=\/)/i;

/**
 * The path of a `file:` URL of this machine. Undefined if it is not such a URL, contains a `..` segment or a character that parsers disagree on, or
 * is not normalised: from such a URL, a parser removes tabs and line ends, and spaces at its ends, so it would lead to another file.
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

/** Whether a path is one of these folders, or below one of them. Links are not resolved on either side. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const way = relative(folder, path);
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

/**
 * The real paths of the folders, with symbolic links resolved. For a folder that does not exist yet, links are resolved in the part of its path that
 * exists.
 */
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
