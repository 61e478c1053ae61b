import { isLoopbackHost } from '../core/loopback';
import { wrong } from './options';

/** Of a URL: an IPv4 address, too, is made of such labels. */
const LABEL = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST = new RegExp(`^(\\[[0-9a-f:.]+\\]|${LABEL}(\\.${LABEL})*\\.?)$`);

export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
}

/** A host that is an address needs no lookup: its origin was allowed as what it is. */
export function isAddress({ hostname }: URL): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/.test(hostname);
}

/** An entry of `documents.origins` as URLs write it. @throws UnstructuredValidationError naming the option and the value */
export function checkOrigin(origin: string): string {
  const url = typeof origin === 'string' ? parseUrl(origin) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  const isBare = url?.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  const expected = 'a list of origins such as https://files.example.com, plain http on loopback only';
  if (!isSafe || !isBare) throw wrong('documents.origins', expected, origin);
  // Compared as a whole, so that no reference would match a pattern; and no name with such signs can be looked up.
  if (!HOST.test(url.hostname) || url.hostname.length > 254 || url.port === '0')
    throw wrong('documents.origins', `${expected}, each of one host: there are no patterns`, origin);
  return url.origin;
}
