import { replaceEscaped } from '../../core/escaped';
import { escapeRegExp, oneLine } from '../../core/values';

/** The text that replaces a secret. */
const REDACTED = '[redacted]';

/** Longest excerpt of text from outside that an error may contain, in characters. */
export const EXCERPT_LENGTH = 300;

/** Removes the known keys from texts, and nothing else. Text that only looks like a secret may be what helps to find the cause. */
export class Redactor {
  readonly #secrets: RegExp | undefined;

  /** @param secrets The keys that this client has sent or is about to send */
  constructor(secrets: Iterable<string>) {
    const forms = [...secrets].flatMap(encodedForms);
    const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
    if (longestFirst.length > 0) this.#secrets = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'gi');
  }

  /** `text` without the known keys. */
  known(text: string): string {
    return this.#secrets ? replaceEscaped(text, this.#secrets, REDACTED) : text;
  }

  /** Plain data with the known keys removed from all its texts. Data that contains no key is returned unchanged, without a copy. */
  data<T>(value: T): T {
    return this.#isIn(value) ? this.#without(value) : value;
  }

  #isIn(value: unknown): boolean {
    if (typeof value === 'string') return this.known(value) !== value;
    return typeof value === 'object' && value !== null && Object.values(value).some((field) => this.#isIn(field));
  }

  #without<T>(value: T): T {
    if (typeof value === 'string') return this.known(value) as T;
    if (Array.isArray(value)) return value.map((item: unknown) => this.#without(item)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, this.#without<unknown>(field)])) as T;
  }

  /** A single line of text from outside, shortened to `length`, without the known keys. */
  excerpt(text: string, length = EXCERPT_LENGTH): string {
    // Remove control characters first: one in the middle of a key would hide the key.
    const line = this.known(oneLine(text));
    return line.length > length ? `${line.slice(0, length - 1)}…` : line;
  }

  /** A refused value as messages show it. */
  show(value: unknown): string {
    if (typeof value === 'string') return JSON.stringify(this.excerpt(value, 100));
    if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
    return typeof value === 'function' ? 'a function' : String(value);
  }
}

/** Shorter parts of an encoded key could occur in a text by chance. */
const SHORTEST_PART = 8;

/** The forms in which services echo a header's value. */
function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'latin1');
  const encoded = (['base64', 'base64url'] as const).flatMap((encoding) => [
    bytes.toString(encoding).replace(/=+$/, ''),
    ...[0, 1, 2].map((before) => within(bytes, before, encoding)).filter((part) => part.length >= SHORTEST_PART),
  ]);
  return [
    secret,
    Buffer.from(secret).toString('latin1'),
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    ...encoded,
  ];
}

/** The part of a longer text's encoding that depends only on `bytes`, if `before` other bytes precede them. */
function within(bytes: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  const first = before === 0 ? 0 : before + 1;
  return whole.toString(encoding).slice(first, Math.floor((whole.length * 8) / 6));
}
