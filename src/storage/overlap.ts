import { sep } from 'node:path';
import { readScheme } from '../core/reference';
import { parseFileUrl, realFolders } from './file-paths';

/** The place that a reference leads to, in a form in which places are compared: percent-encoding does not count for files. */
export function plainPlace(ref: string): string {
  const path = readScheme(ref) === 'file' ? parseFileUrl(ref) : undefined;
  return path === undefined ? withPlainScheme(ref) : fileAt(path);
}

/**
 * Turns the path of an output below `to` into its path below `from`. The result is undefined for an output that is not stored below `from`. Links are
 * resolved in both folders.
 */
export async function pathsBelow(from: string, to: string): Promise<(output: string) => string | undefined> {
  const [listed, target] = (await Promise.all([from, to].map(realPlace))) as [string, string];
  return (output) => {
    const place = target + output;
    return place.startsWith(listed) ? place.slice(listed.length) : undefined;
  };
}

/** Ends with a slash. */
async function realPlace(url: string): Promise<string> {
  const path = readScheme(url) === 'file' ? parseFileUrl(url) : undefined;
  const [real] = path === undefined ? [] : await realFolders([path]);
  const place = real === undefined ? withPlainScheme(url) : fileAt(real);
  return place.endsWith('/') ? place : `${place}/`;
}

function withPlainScheme(url: string): string {
  return url.replace(/^[^:]*/, (scheme) => scheme.toLowerCase());
}

function fileAt(path: string): string {
  return `file:${path.split(sep).join('/')}`;
}
