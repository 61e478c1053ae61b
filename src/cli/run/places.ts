import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MANIFEST_NAME } from '../../core/batch/records';
import { UsageError } from '../support/errors';

/** A folder of this machine, or a prefix of S3. */
export interface Place {
  /** Ends with a slash. */
  url: string;
  /** The folder's absolute path; undefined for a prefix. */
  folder?: string;
}

const S3_PREFIX = /^s3:\/\/[^/]+/i;
const FILE_URL = /^file:\/\//i;
const OTHER_URL = /^([a-z][a-z0-9+.-]*):\/\//i;

/** Reads a folder, as a path, or `s3://bucket/prefix/`. @throws UsageError */
export function parsePlace(option: string, value: string | undefined, cwd: string): Place {
  if (!value) throw new UsageError(`${option} is missing: a folder, or s3://bucket/prefix/.`);
  if (S3_PREFIX.test(value)) return { url: withSlash(s3Url(value)) };
  refuseOtherUrls(option, value, 'a folder, or s3://bucket/prefix/');
  const folder = resolve(cwd, value);
  return { url: withSlash(pathToFileURL(folder).href), folder };
}

/**
 * URL of the manifest of an earlier batch to the same place, from its path or its `s3:` or `file:` URL. Symbolic links are resolved for files, so
 * that the same arguments give the same key. The worker may read manifests where it may write them.
 * @throws UsageError
 */
export function parseManifest(option: string, value: string, { to, cwd }: { to: Place; cwd: string }): string {
  const url = S3_PREFIX.test(value) ? s3Url(value) : realFileUrl(option, value, cwd);
  if (url?.startsWith(manifestPlace(to)) && url.endsWith(`/${MANIFEST_NAME}`)) return url;
  throw new UsageError(
    `${option} must be the manifest.json of an earlier batch to the same --to; got '${value.slice(0, 80)}'.`,
  );
}

/** The beginning of the manifests' locations, as batches to a place report them. */
export function manifestPlace({ url, folder }: Place): string {
  return folder === undefined ? url : withSlash(pathToFileURL(realPath(folder)).href);
}

function realFileUrl(option: string, value: string, cwd: string): string | undefined {
  if (!FILE_URL.test(value)) {
    refuseOtherUrls(option, value, 'a manifest.json, by its path or s3:// URL');
    return pathToFileURL(realPath(resolve(cwd, value))).href;
  }
  try {
    return pathToFileURL(realPath(fileURLToPath(value))).href;
  } catch {
    return undefined; // a URL of another machine
  }
}

/** A path with symbolic links resolved. If it does not exist, links are resolved in the part that exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

/** Whether a URL lies in a place. */
export function isBelow(url: string, place: Place): boolean {
  return url.startsWith(place.url);
}

/** The place as it is shown to a person. */
export function shownPlace({ url, folder }: Place): string {
  return folder ?? url;
}

function refuseOtherUrls(option: string, value: string, expected: string): void {
  const [, scheme] = OTHER_URL.exec(value) ?? [];
  if (scheme !== undefined) throw new UsageError(`${option} must be ${expected}; got the scheme ${scheme}:.`);
}

function s3Url(value: string): string {
  return value.replace(/^s3/i, 's3');
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
