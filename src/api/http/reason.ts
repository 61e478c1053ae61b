import { isObject } from '../../core/values';

/** Fields that say in words what is wrong, the plainest first. */
const WORDS = ['detail', 'message', 'msg', 'error_description', 'description', 'reason', 'error', 'fault'];
/** Fields that name it in short. */
const NAMES = ['title', 'error', 'code', 'error_code'];
/** Fields that say what an item of a list is about: FastAPI's, and those of RFC 9457 and JSON:API. */
const PLACES = ['loc', 'pointer', 'source', 'field', 'parameter', 'path'];

/** How many items of a list are told. */
const MAX_ITEMS = 3;

/** Deeper than bodies are that mean to be read. */
const MAX_DEPTH = 6;

/**
 * The reason that the body of an error gives, in whichever of the usual forms: a text, `{ detail }`, `{ message }`, `{ code, message }`,
 * `{ error }`, problem details (RFC 9457), lists of them. As it came: neither bounded nor redacted. Undefined where it gives none.
 */
export function readReason(body: unknown, depth = 0): string | undefined {
  if (typeof body === 'string') return body.trim() || undefined;
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(body)) return joined(body.slice(0, MAX_ITEMS).map((item) => readReason(item, depth + 1)));
  if (!isObject(body)) return undefined;
  const fields = lowered(body);
  const words = readFirst(WORDS, fields, depth);
  const errors = readReason(fields['errors'], depth + 1);
  const told = [readName(fields), words, errors].filter((text) => text !== undefined);
  if (told.length === 0 && typeof fields['code'] === 'number') told.push(`code ${fields['code']}`);
  if (told.length === 0) return byField(body, depth);
  return [readPlace(fields), ...told].reduce<string>((text, part) => appended(text, part), '');
}

/** How long an error's body asks to wait; it may stand beside the reason, or with it in one of these fields. */
export function retryAfterIn(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const fields: Record<string, unknown> = { ...body };
  const value = fields['retry_after'];
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  return retryAfterIn(fields['detail']) ?? retryAfterIn(fields['error']);
}

/** Names in small letters: gateways write `Message`. One that is written so already wins. */
function lowered(body: object): Record<string, unknown> {
  const fields: [string, unknown][] = Object.entries(body);
  return { ...Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value])), ...body };
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

/** What was said already is not said again. */
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

/** As frameworks list what is wrong by the field: `{ "name": ["is required"] }`. A text by itself may be anything, but for within a reason. */
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
