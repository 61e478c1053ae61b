import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { errorReply, type Reply } from './http/reply';

const BEARER = /^Bearer +(\S.*)$/i;

/** The API's 401, or undefined where the request carries one of the keys. */
export function refuseKey(headers: IncomingHttpHeaders, keys: readonly string[]): Reply | undefined {
  const own = headers['unstructured-api-key'];
  const { authorization } = headers;
  if (own === undefined && authorization === undefined)
    return errorReply(401, 'API key is missing, please provide an API key in the header.');
  const key = typeof own === 'string' ? own : BEARER.exec(authorization ?? '')?.[1];
  if (!key) return errorReply(401, 'API key is malformed, please type the API key correctly in the header.');
  if (keys.some((known) => isSame(known, key))) return undefined;
  return errorReply(401, 'API key is invalid, please provide a valid API key in the header.');
}

function isSame(known: string, given: string): boolean {
  const [a, b] = [Buffer.from(known), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
