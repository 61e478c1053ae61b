import { realpath } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { readScheme } from '../core/reference';
import { parseFileUrl, realFolders } from './file-paths';
import { placeBelow } from './output-place';

/**
 * Turns the path of an output below `to` into its path below `from`. The result is undefined for an output that is not stored below `from`. Links to
 * folders are resolved.
 * @returns undefined if no output can be stored below `from`
 */
export async function pathsBelow(
  from: string,
  to: string,
): Promise<((output: string) => Promise<string | undefined>) | undefined> {
  const [listed, target] = (await Promise.all([from, to].map(folderPlace))) as [string, string];
  const mayHaveLinks = [from, to].every((place) => filePath(place) !== undefined);
  if (!mayHaveLinks && !target.startsWith(listed) && !listed.startsWith(target)) return undefined;
  const placeOf = outputPlaces(to);
  return async (output) => {
    const place = await placeOf(output);
    return place.startsWith(listed) ? place.slice(listed.length) : undefined;
  };
}

/**
 * The first of these references whose document an output below `to` would replace; undefined if there is none. Links are resolved: an output may
 * replace a link, or the file that it leads to.
 */
export async function firstReplaced(
  refs: readonly string[],
  to: string,
  outputs: readonly string[],
): Promise<string | undefined> {
  const placeIn = placesInFolders();
  const replaced = new Set(await inSteps(outputs, outputPlaces(to)));
  const isReplaced = await inSteps(refs, async (ref) => {
    const path = filePath(ref);
    if (path === undefined) return replaced.has(withPlainScheme(ref));
    if (replaced.has(await placeIn(pathToFileURL(dirname(path)).href, basename(path)))) return true;
    const real = await realpath(path).catch(() => undefined); // a missing document is refused when it is opened
    return real !== undefined && replaced.has(fileAt(real));
  });
  return refs[isReplaced.indexOf(true)];
}

/** Returns a function that finds the place of an output. Links to its folders are resolved. */
function outputPlaces(to: string): (output: string) => Promise<string> {
  const placeIn = placesInFolders();
  return (output) => {
    const { to: folder, name } = placeBelow(to, output);
    return placeIn(folder, name);
  };
}

/** Returns a function that finds the place of a name in a folder. Each folder is resolved once, because many files share it. */
function placesInFolders(): (folder: string, name: string) => Promise<string> {
  const folders = new Map<string, Promise<string>>();
  return async (folder, name) => {
    const place = folders.get(folder) ?? folderPlace(folder);
    folders.set(folder, place);
    return (await place) + name;
  };
}

/** Number of items per step. Other work of the worker, such as heartbeats, runs in between. */
const STEP = 1_000;

async function inSteps<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const all: R[] = [];
  for (let at = 0; at < items.length; at += STEP) {
    all.push(...(await Promise.all(items.slice(at, at + STEP).map(map))));
    await setImmediate();
  }
  return all;
}

/** The place of a folder, in a form in which places are compared. Ends with a slash. */
async function folderPlace(url: string): Promise<string> {
  const path = filePath(url);
  const [real] = path === undefined ? [] : await realFolders([path]);
  const place = real === undefined ? withPlainScheme(url) : fileAt(real);
  return place.endsWith('/') ? place : `${place}/`;
}

function filePath(ref: string): string | undefined {
  return readScheme(ref) === 'file' ? parseFileUrl(ref) : undefined;
}

function withPlainScheme(url: string): string {
  return url.replace(/^[^:]*/, (scheme) => scheme.toLowerCase());
}

function fileAt(path: string): string {
  return `file:${path.split(sep).join('/')}`;
}
