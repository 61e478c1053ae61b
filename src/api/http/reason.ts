import { isObject } from '../../core/values';

/** Fields that describe the error in words, the clearest first. */
const WORDS = [
  'faultstring',
  'detail',
  'message',
  'msg',
  'errordescription',
  'description',
  'reason',
  'error',
  'fault',
];
/** More of them, by the ends of their names: `errorMessage`, `status_message`, `userMessage`. */
const MORE_WORDS = /(message|msg|description|reason|exception)s?$/;
/** Fields that describe the error if they are objects. */
const WITHIN = ['data', 'status', 'result', 'response'];
/** Fields that hold a short name for the error. */
const NAMES = ['title', 'error', 'code', 'errorcode', 'errortype'];
/** Fields that say which part of the input an error is about: those of FastAPI, RFC 9457 and JSON:API. */
const PLACES = ['loc', 'pointer', 'source', 'field', 'parameter', 'path'];

/** How many items of a list the reason includes. */
const MAX_ITEMS = 3;

/** Deepest nesting that is read. Bodies meant for readers are not nested this deeply. */
const MAX_DEPTH = 6;

/**
 * The reason that an error's body gives, in any of the usual forms: a text, `{ detail }`, `{ message }`, `{ code, message }`, `{ error }`, problem
 * details (RFC 9457), and lists of these. The text is neither shortened nor redacted. Undefined if the body gives no reason.
 */
export function readReason(body: unknown, depth = 0): string | undefined {
  if (typeof body === 'string') return body.trim() || undefined;
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(body)) return joined(body.slice(0, MAX_ITEMS).map((item) => readReason(item, depth + 1)));
  if (!isObject(body)) return undefined;
  const fields = plain(body);
  const more = Object.keys(fields).filter((name) => MORE_WORDS.test(name));
  const within = WITHIN.filter((name) => isObject(fields[name]));
  const words = readFirst([...WORDS, ...more, ...within], fields, depth);
  const errors = readReason(fields['errors'], depth + 1);
  const { detail } = fields;
  const name = readName(fields) ?? (isObject(detail) ? readName(plain(detail)) : undefined);
  const told = [name, words, errors].filter((text) => text !== undefined);
  if (told.length === 0 && typeof fields['code'] === 'number') told.push(`code ${fields['code']}`);
  if (told.length === 0) return byField(body, depth);
  return [readPlace(fields), ...told].reduce<string>((text, part) => appended(text, part), '');
}

/** All values of `retry_after` in an error's body, the outermost first. Some may not be valid. */
export function retryAfterIn(body: unknown): string[] {
  const told: string[] = [];
  for (let level = [body], depth = 0; level.length > 0 && depth <= MAX_DEPTH; depth++) {
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    const values = objects.map((value) => (value as Record<string, unknown>)['retry_after']);
    told.push(...values.filter((value) => ['number', 'string'].includes(typeof value)).map(String));
    level = objects.flatMap((value) => Object.values(value) as unknown[]);
  }
  return told;
}

/** The fields with their names in lower case and without `_` and `-`, because gateways write `Message`. A field whose name already has that form wins. */
function plain(body: object): Record<string, unknown> {
  const fields: [string, unknown][] = Object.entries(body);
  return {
    ...Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase().replace(/[_-]/g, ''), value])),
    ...body,
  };
}

function readFirst(names: readonly string[], fields: Record<string, unknown>, depth: number): string | undefined {
  for (const name of names) {
    const reason = readReason(fields[name], depth + 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function readName(fields: Record<string, unknown>): string | undefined {
  const names = NAMES.map((name) => fields[name]);
  return names.find((name) => typeof name === 'string' && name.trim() !== '') as string | undefined;
}

/** Joins two texts. If one contains the other, only the longer one is kept. */
function appended(text: string, part = ''): string {
  if (text === '' || part.includes(text)) return part || text;
  return text.includes(part) ? text : `${text.replace(/[.:;]$/, '')}: ${part}`;
}

function readPlace(fields: Record<string, unknown>): string | undefined {
  for (const name of PLACES) {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') return value;
    if (Array.isArray(value) && value.length > 0)
      return value.filter((part) => ['string', 'number'].includes(typeof part)).join('.') || undefined;
    if (name === 'source' && isObject(value)) return readPlace({ ...value });
  }
  return undefined;
}

/**
 * Reads errors listed by field, as frameworks send them: `{ "name": ["is required"] }`. At the top level, a field that holds plain text is skipped,
 * because that text may be anything.
 */
function byField(fields: object, depth: number): string | undefined {
  const told = Object.entries(fields).flatMap(([name, value]: [string, unknown]) => {
    const isTold = Array.isArray(value) || (depth > 0 && typeof value === 'string');
    const reason = isTold ? readReason(value, depth + 1) : undefined;
    return reason === undefined ? [] : [`${name}: ${reason}`];
  });
  return joined(told.slice(0, MAX_ITEMS));
}

function joined(reasons: readonly (string | undefined)[]): string | undefined {
  return reasons.filter((reason) => reason !== undefined).join('; ') || undefined;
}
