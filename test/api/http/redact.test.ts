import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { EXCERPT_LENGTH, Redactor } from '../../../src/api/http/redact';

const redactor = new Redactor(['s3cret-key']);

/** Characters that keys are made of, and those that mean something to regular expressions, URLs and JSON. */
const CHARACTERS = 'a b c X Y Z 0 1 9 - _ . + / = $ ^ * ( ) [ ] { } | \\ ? & % "'.split(' ');

describe('an excerpt', () => {
  it.each([
    ['key s3cret-key is invalid', 'key [redacted] is invalid'],
    ['S3CRET-KEY', '[redacted]'],
    ['Bearer s3cret-key, then s3cret-key', 'Bearer [redacted], then [redacted]'],
    ['s3cret\u0000-k\u200bey', '[redacted]'],
    [' two\n lines\t', 'two lines'],
  ])('of %j is %j', (text, expected) => {
    expect(redactor.excerpt(text)).toBe(expected);
  });

  it.each([
    'Job not found',
    'API key is missing, please provide an API key in the header.',
    'job 2f1c9d1e-7e8d-4c7b-9f51-0a5d3c1b2e4f has no file H03-Cryptosystem-proposed-by-Nash-61a58972.pdf',
    'There is a run in progress. No new job run.',
    'password: required',
    'token=expired; the secret: field is missing, authorization = none',
    'no such template hiResPartition2025V2Final',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'basic auth is not supported, use bearer tokens',
    'is it there? yes',
    's3cret-kay',
  ])('of a harmless text is the text: %s', (text) => {
    expect(redactor.excerpt(text)).toBe(text);
  });

  it('of a long hostile text takes no long time', () => {
    for (const piece of ['?', 'a', 'eyJ', 'a1', 'token', 'token=', 'bearer ', 'a://', '/', '\u0000', '- '])
      expect(redactor.excerpt(piece.repeat(100_000)).length).toBeLessThanOrEqual(EXCERPT_LENGTH);
  });
});

test.each([
  ['in hex', (key: string) => Buffer.from(key).toString('hex')],
  ...['', 'x', 'xy'].flatMap((before) =>
    (['base64', 'base64url'] as const).map(
      (encoding) =>
        [
          `in ${encoding}, behind ${before.length} bytes and before others`,
          (key: string) => Buffer.from(`${before}${key}:and more`).toString(encoding),
        ] as const,
    ),
  ),
] as const)('a key is taken out %s', (_, encode) => {
  const keys = ['zQ7/x+9k=V%4&"tR2m~wB8', '>>>???~~~s3cret-key'];
  const plain = encode('');
  for (const key of keys) {
    const text = new Redactor([key]).known(`the key ${encode(key)}`);
    expect(text).toContain('[redacted]');
    expect(text.length).toBeLessThan(`the key ${plain}`.length + '[redacted]'.length + 8);
  }
});

const JSON_ESCAPE = (char: string) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

test.each<[string, (key: string) => string]>([
  ["as Python's quote does", (key) => encodeURIComponent(key).replaceAll('%2F', '/')],
  ['for a path', (key) => encodeURI(key)],
  ['for a query string', (key) => new URLSearchParams({ key }).toString().slice(4)],
  ['in small letters', (key) => encodeURIComponent(key).toLowerCase()],
  ['twice', (key) => encodeURIComponent(encodeURIComponent(key))],
  ['as Latin-1', (key) => key.replace(/\W/g, (char) => `%${char.charCodeAt(0).toString(16)}`)],
  ['in JSON', (key) => JSON.stringify(key).slice(1, -1)],
  ['in JSON within JSON', (key) => JSON.stringify(JSON.stringify(key)).slice(3, -3)],
  ['in JSON, as PHP does', (key) => JSON.stringify(key).slice(1, -1).replaceAll('/', '\\/')],
  ['in JSON, as .NET does', (key) => key.replace(/[&<>'"+`]/g, JSON_ESCAPE)],
  ['in JSON, in ASCII', (key) => key.replace(/[^ -~]/g, JSON_ESCAPE)],
  ['in HTML', (key) => key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
  ['in HTML, by numbers', (key) => key.replace(/\W/g, (char) => `&#${char.charCodeAt(0)};`)],
  ['in HTML, by hex numbers', (key) => key.replace(/\W/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`)],
])('a key is taken out where some of its characters are escaped %s', (_, escape) => {
  for (const key of ['zQ7/x+9k=V%4&"tR2m~<wB8', 'schlüssel+/ÿ=', '+/'.repeat(4_000)])
    expect(new Redactor([key]).known(`the key ${escape(key)}!`)).toBe('the key [redacted]!');
});

test('of a text with several keys and other escaped characters, only the keys are taken out', () => {
  const keys = new Redactor(['one+key/x', 'other"key\\']);
  const text = '100%25 a%20b one%2Bkey/x &amp; \\"q\\" other\\"key\\\\ one+key%2fx%';
  expect(keys.known(text)).toBe('100%25 a%20b [redacted] &amp; \\"q\\" [redacted] [redacted]%');
  for (const harmless of ['%', '\\', '&', '&#43;', '%2', '\\u00', 'a&amp;b', '%zz', '&#9999999999;', '%E4%BD%A0'])
    expect(keys.known(harmless)).toBe(harmless);
});

test('a text of many escapes takes no long time', () => {
  for (const piece of ['\\', '%25', '%', '&amp;', '&#0', '\\u00', '\\"', '&'])
    expect(redactor.excerpt(piece.repeat(100_000)).length).toBeLessThanOrEqual(EXCERPT_LENGTH);
});

test('all texts in plain data are without the key, and all else stays', () => {
  const data = {
    id: 1,
    name: 'a s3cret-key',
    list: ['s3cret-key', null, { deep: 'S3CRET-KEY', no: undefined }],
    is: true,
  };
  expect(redactor.data(data)).toEqual({
    id: 1,
    name: 'a [redacted]',
    list: ['[redacted]', null, { deep: '[redacted]', no: undefined }],
    is: true,
  });
  for (const value of [undefined, null, 0, 'text', [], {}]) expect(redactor.data(value)).toEqual(value);
});

describe('for any key and any text', () => {
  const key = fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 8, maxLength: 60 });
  const text = fc.string({ unit: 'binary', maxLength: 400 });

  test('an excerpt is bounded and one line, without controls', () => {
    fc.assert(
      fc.property(key, text, (secret, foreign) => {
        const excerpt = new Redactor([secret]).excerpt(foreign);
        expect(excerpt.length).toBeLessThanOrEqual(EXCERPT_LENGTH);
        expect(excerpt).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
      }),
    );
  });

  test('an excerpt does not hold the key', () => {
    fc.assert(
      fc.property(key, text, text, (secret, before, after) => {
        const excerpt = new Redactor([secret]).excerpt(before + secret + after);
        expect(excerpt.toLowerCase()).not.toContain(secret.toLowerCase());
      }),
    );
  });

  test('a text of ours does not hold it either', () => {
    fc.assert(
      fc.property(key, text, text, (secret, before, after) => {
        expect(new Redactor([secret]).known(before + secret + after)).not.toContain(secret);
      }),
    );
  });
});
