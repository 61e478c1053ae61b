import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { EXCERPT_LENGTH, Redactor } from '../../src/api/redact';

const redactor = new Redactor(['s3cret-key']);

/** Signs that keys are made of, and those that mean something to regular expressions, URLs and JSON. */
const SIGNS = 'a b c X Y Z 0 1 9 - _ . + / = $ ^ * ( ) [ ] { } | \\ ? & % "'.split(' ');

describe('an excerpt', () => {
  it.each([
    ['key s3cret-key is invalid', 'key [redacted] is invalid'],
    ['S3CRET-KEY', '[redacted]'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted] [redacted]'],
    ['sent Bearer abc.def-ghi', 'sent Bearer [redacted]'],
    ['api_key="abc", token: def', 'api_key="[redacted]", token: [redacted]'],
    ['got eyJhbGciOi.eyJzdWIi.c2ln', 'got [redacted]'],
    ['key AbCd1234EfGh5678IjKl9012', 'key [redacted]'],
    ['see https://bucket.example/a.pdf?X-Amz-Signature=abc&x=1 now', 'see https://bucket.example/a.pdf?[redacted] now'],
    ['at https://user:pass@db.example/x', 'at https://[redacted]@db.example/x'],
    ['AKIA1234567890ABCDEF', '[redacted]'],
  ])('of %j is %j', (text, expected) => {
    expect(redactor.excerpt(text)).toBe(expected);
  });

  it.each([
    'Job not found',
    'API key is missing, please provide an API key in the header.',
    'job 2f1c9d1e-7e8d-4c7b-9f51-0a5d3c1b2e4f has no file H03-Cryptosystem-proposed-by-Nash-61a58972.pdf',
    'There is a run in progress. No new job run.',
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

describe('for any key and any text', () => {
  const key = fc.string({ unit: fc.constantFrom(...SIGNS), minLength: 8, maxLength: 60 });
  const text = fc.string({ unit: 'binary', maxLength: 400 });

  it('an excerpt is bounded and one line, without controls', () => {
    fc.assert(
      fc.property(key, text, (secret, foreign) => {
        const excerpt = new Redactor([secret]).excerpt(foreign);
        expect(excerpt.length).toBeLessThanOrEqual(EXCERPT_LENGTH);
        expect(excerpt).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
      }),
    );
  });

  it('an excerpt does not hold the key', () => {
    fc.assert(
      fc.property(key, text, text, (secret, before, after) => {
        const excerpt = new Redactor([secret]).excerpt(before + secret + after);
        expect(excerpt.toLowerCase()).not.toContain(secret.toLowerCase());
      }),
    );
  });

  it('a text of ours does not hold it either', () => {
    fc.assert(
      fc.property(key, text, text, (secret, before, after) => {
        expect(new Redactor([secret]).known(before + secret + after)).not.toContain(secret);
      }),
    );
  });
});
