import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalidInput } from '../core/errors';
import { isObject, kindOf } from '../core/values';
import { UnstructuredWebhookError } from './webhook-error';

/** Headers of a delivery: a Web `Headers`, those of Node's `IncomingMessage`, or a plain object. Names in any case. */
export type WebhookHeaders = Pick<Headers, 'get'> | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The headers that a delivery must have. */
export interface SignedHeaders {
  id: string;
  timestamp: string;
  signature: string;
}

/** How old, or how far in the future, a delivery may be. */
const TOLERANCE_S = 300;

/**
 * Reads the headers, and checks all that can be checked without a secret.
 * @param now Milliseconds since the epoch
 * @throws UnstructuredWebhookError if a header is missing or unreadable, or the delivery is stale
 * @throws UnstructuredValidationError if the headers are not an object
 */
export function readHeaders(headers: WebhookHeaders, now: number): SignedHeaders {
  if (!isObject(headers))
    throw invalidInput(`The headers of a delivery must be an object or web Headers; got ${kindOf(headers)}.`);
  const read = (name: string) => {
    const value = header(headers, name)?.trim();
    if (value) return value;
    throw new UnstructuredWebhookError('headers', `Header ${name} is missing.`);
  };
  const [id, timestamp, signature] = [read('webhook-id'), read('webhook-timestamp'), read('webhook-signature')];
  if (!/^\d{1,15}$/.test(timestamp))
    throw new UnstructuredWebhookError('headers', 'Header webhook-timestamp is not a number of seconds.');
  const offBy = Math.round(now / 1_000 - Number(timestamp));
  if (Math.abs(offBy) > TOLERANCE_S) {
    const when = offBy > 0 ? `${offBy} s old` : `${-offBy} s in the future`;
    throw new UnstructuredWebhookError('stale', `The delivery is ${when}; at most ${TOLERANCE_S} s are accepted.`);
  }
  return { id, timestamp, signature };
}

/** The value of a header. Several lines with the same name are joined, as in HTTP. */
function header(headers: WebhookHeaders, name: string): string | null | undefined {
  if (isWebHeaders(headers)) return headers.get(name);
  const lines = Object.entries(headers).filter(([key]) => key.toLowerCase() === name);
  const values = lines.flatMap(([, value]) => value ?? []);
  return values.length === 0 ? undefined : values.join(', ');
}

function isWebHeaders(headers: WebhookHeaders): headers is Pick<Headers, 'get'> {
  return typeof headers.get === 'function';
}

/**
 * Checks that one of the secrets signed a delivery: HMAC-SHA256 over `id.timestamp.body`, keyed by the secret's unchanged UTF-8 bytes. If the header has
 * several signatures, at least one must match.
 * @throws UnstructuredWebhookError if no signature matches
 */
export function verifySignature(
  body: Uint8Array,
  { id, timestamp, signature }: SignedHeaders,
  secrets: readonly string[],
): void {
  const given = signature.split(/\s+/).map((one) => one.replace(/,$/, '')); // a comma joins header lines
  const expected = secrets.map((secret) => {
    const hmac = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body);
    return `v1,${hmac.digest('base64')}`;
  });
  // All are compared, so that the time taken does not reveal which secret or which signature matched.
  const matches = expected.flatMap((one) => given.map((other) => isSame(one, other)));
  if (!matches.includes(true)) throw new UnstructuredWebhookError('forged', 'No signature of the delivery matches.');
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
