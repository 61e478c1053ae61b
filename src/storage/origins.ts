import { isLoopbackHost } from '../core/loopback';
import { wrong } from './options';

/** A label of a host name in a URL. An IPv4 address consists of such labels, too. */
const LABEL = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST = new RegExp(`^(\\[[0-9a-f:.]+\\]|${LABEL}(\\.${LABEL})*\\.?)$`);

export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
}

/** Whether a host is an address. It needs no lookup: its origin was allowed as such. */
export function isAddress({ hostname }: URL): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/.test(hostname);
}

/** An entry of `documents.origins`, in the form that URLs use. @throws UnstructuredValidationError naming the option and the value */
export function checkOrigin(origin: string): string {
  const url = typeof origin === 'string' ? parseUrl(origin) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  const isBare = url?.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  const expected = 'a list of origins such as https://files.example.com, plain http on loopback only';
  if (!isSafe || !isBare) throw wrong('documents.origins', expected, origin);
  // Origins are compared as a whole, so a pattern would match no reference. A name with such characters cannot be looked up anyway.
  if (!HOST.test(url.hostname) || url.hostname.length > 254 || url.port === '0')
    throw wrong('documents.origins', `${expected}, each of one host: there are no patterns`, origin);
  return url.origin;
}
