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
    const secrets = this.#secrets;
    if (!secrets) return text;
    const plain = text.replace(secrets, REDACTED);
    return /[%\\&]/.test(plain) ? withoutEscaped(plain, secrets) : plain;
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

/** A sign, as it is or escaped once or more for URLs, JSON or HTML. The repetitions are bounded, so that no text takes long. */
const SIGN = new RegExp(
  [
    String.raw`%(?:25){0,3}(?<percent>[0-9a-f]{2})`,
    String.raw`\\{1,4}u00(?<unicode>[0-9a-f]{2})`,
    String.raw`\\{1,4}(?<escaped>["/])`,
    String.raw`\\\\`,
    String.raw`&(?:amp;){0,3}(?:#0{0,5}(?<decimal>\d{2,3})|#x0{0,5}(?<hex>[0-9a-f]{2})|(?<entity>amp|lt|gt|quot|apos));`,
    '[^]',
  ].join('|'),
  'gi',
);

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text without secrets of which some signs are escaped. Each encoder escapes other signs, so the text is compared in its unescaped form. */
function withoutEscaped(text: string, secrets: RegExp): string {
  const starts: number[] = [];
  let unescaped = '';
  for (const { index, groups = {}, 0: sign } of text.matchAll(SIGN)) {
    starts.push(index);
    unescaped += signIn(groups) ?? sign.charAt(0);
  }
  let [rest, at] = ['', 0];
  for (const { index, 0: secret } of unescaped.matchAll(secrets)) {
    rest += text.slice(at, starts[index]) + REDACTED;
    at = starts[index + secret.length] ?? text.length;
  }
  return rest + text.slice(at);
}

function signIn({ percent, unicode, hex, decimal, escaped, entity }: Record<string, string>): string | undefined {
  if (entity !== undefined) return ENTITIES[entity.toLowerCase()];
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  const code = percent ?? unicode ?? hex;
  return code === undefined ? escaped : String.fromCharCode(parseInt(code, 16));
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
