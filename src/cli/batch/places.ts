import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../errors';

/** A folder of this machine, or a prefix of S3. */
export interface Place {
  /** With a slash at its end. */
  url: string;
  /** The folder's absolute path; undefined for a prefix. */
  folder?: string;
}

const S3_PREFIX = /^s3:\/\/[^/]+/i;
const OTHER_URL = /^([a-z][a-z0-9+.-]*):\/\//i;

/** A folder by its path, as any program takes it, or `s3://bucket/prefix/`. @throws UsageError */
export function parsePlace(option: string, value: string | undefined, cwd: string): Place {
  if (!value) throw new UsageError(`${option} is missing: a folder, or s3://bucket/prefix/.`);
  if (S3_PREFIX.test(value)) return { url: withSlash(value.replace(/^s3/i, 's3')) };
  refuseOtherUrls(option, value, 'a folder, or s3://bucket/prefix/');
  const folder = resolve(cwd, value);
  return { url: withSlash(pathToFileURL(folder).href), folder };
}

/** The manifest of an earlier batch, by its path or `s3:` or `file:` URL. @throws UsageError */
export function parseManifest(option: string, value: string | undefined, cwd: string): string | undefined {
  if (value === undefined) return undefined;
  const isUrl = S3_PREFIX.test(value) || /^file:\/\//i.test(value);
  if (!isUrl) refuseOtherUrls(option, value, 'a manifest.json, by its path or s3:// URL');
  return isUrl ? value : pathToFileURL(resolve(cwd, value)).href;
}

/** Whether a URL lies in a place. */
export function isBelow(url: string, place: Place): boolean {
  return url.startsWith(place.url);
}

/** As a person reads it. */
export function shownPlace({ url, folder }: Place): string {
  return folder ?? url;
}

function refuseOtherUrls(option: string, value: string, expected: string): void {
  const [, scheme] = OTHER_URL.exec(value) ?? [];
  if (scheme !== undefined) throw new UsageError(`${option} must be ${expected}; got the scheme ${scheme}:.`);
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
