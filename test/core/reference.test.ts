// What a reference says of its document, by its scheme alone: what it is called, what tells it from another, and what may be shown.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { describeReference, defaultIdentity, defaultName, shownRef } from '../../src/core/reference';
import { withoutSecrets } from '../../src/core/secrets';

describe('a key of S3 is taken as it is', () => {
  it.each([
    ['s3://inbox/Invoice #17.pdf', 'Invoice #17.pdf'],
    ['s3://inbox/q?1.pdf', 'q?1.pdf'],
    ['s3://inbox/dir/#1/page.pdf', 'page.pdf'],
    ['s3://inbox/what?/a.pdf', 'a.pdf'],
    ['s3://inbox/100%.pdf', '100%.pdf'],
    ['s3://inbox/a%20b.pdf', 'a%20b.pdf'],
    ['s3://inbox/a+b & c=d.pdf', 'a+b & c=d.pdf'],
    ['s3://inbox/a..b.pdf', 'a..b.pdf'],
    ['s3://inbox/Plan #3 design=A.pdf', 'Plan #3 design=A.pdf'],
    ['s3://inbox/q?assigned=1&tokens left=2.pdf', 'q?assigned=1&tokens left=2.pdf'],
    ['s3://inbox//a//größe.pdf', 'größe.pdf'],
    ['S3://inbox/a@b.pdf', 'a@b.pdf'],
    ['s3://inbox/[x/a@b.pdf', 'a@b.pdf'],
  ])('%s', (ref, name) => {
    expect(describeReference(ref)).toEqual({ name, identity: ref, shown: ref });
    expect(withoutSecrets(`NoSuchKey: ${ref}`, ref)).toBe(`NoSuchKey: ${ref}`);
  });

  test('no two share an identity, and what is shown is what is there', () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(key, key, (one, two) => {
        fc.pre(one !== two);
        expect(defaultIdentity(`s3://inbox/${one}`)).not.toBe(defaultIdentity(`s3://inbox/${two}`));
      }),
    );
    expect(shownRef('s3://inbox/a\r\nERROR b')).toBe('s3://inbox/a%0D%0AERROR b');
  });

  test.each([
    ['a\u0085b', 'a%C2%85b'],
    ['a\u009b31m', 'a%C2%9B31m'],
    ['a\u007fb', 'a%7Fb'],
    ['a\u2028b\u2029', 'a%E2%80%A8b%E2%80%A9'],
    ['a\u202egpj.exe', 'a%E2%80%AEgpj.exe'],
    ['\u200b', '%E2%80%8B'],
    ['größe 漢.pdf', 'größe 漢.pdf'],
  ])('what forges lines or hides text is shown encoded: %j', (key, shown) => {
    expect(shownRef(`s3://inbox/${key}`)).toBe(`s3://inbox/${shown}`);
    expect(shownRef(`box://x/${key}`)).toBe(`box://x/${shown}`);
  });

  test('nothing that is shown has characters that forge lines or hide text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        expect(shownRef(`s3://inbox/${key}`)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test.each([
    's3://inbox/a.pdf?X-Amz-Signature=abc123',
    's3://inbox/a.pdf?token=abc123',
    's3://inbox/a.pdf?v=1&sig=abc123',
    's3://inbox/a.pdf#accessToken=abc123',
    's3://inbox/a.pdf?aws_secret_access_key=abc123',
    's3://inbox/a.pdf?Passwd=abc123',
    's3://user:abc123@inbox/a.pdf',
  ])('%s is shown without what is no part of a key', (ref) => {
    expect(shownRef(ref)).toBe('s3://inbox/a.pdf');
    expect(defaultName(ref)).toBe('a.pdf');
    expect(withoutSecrets(`no ${ref}`, ref)).not.toContain('abc123');
    expect(defaultIdentity(ref)).toBe(ref);
  });
});

describe('a link', () => {
  it.each([
    ['https://host/x/b%20c.pdf?id=17#page', 'b c.pdf', 'https://host/x/b%20c.pdf?id=17#page'],
    ['HTTPS://HOST:443/x/b c.pdf', 'b c.pdf', 'https://host/x/b%20c.pdf'],
    ['https://user:word@host/a.pdf', 'a.pdf', 'https://host/a.pdf'],
    ['https://host/gr%C3%B6%C3%9Fe%20100%.pdf', 'größe 100%.pdf', 'https://host/gr%C3%B6%C3%9Fe%20100%.pdf'],
    ['https://host', '', 'https://host/'],
    ['https://ho st/a.pdf', 'a.pdf', 'https://ho st/a.pdf'],
  ])('%s', (ref, name, identity) => expect(describeReference(ref)).toMatchObject({ name, identity }));

  it.each(['id=17', 'id=17&v=2', 'X-Amz-Signature=abc', 'sig=1', 'Expires=1&Signature=17', 'token=a', 'response=x'])(
    'is told by its query, as by %s',
    (query) => expect(defaultIdentity(`https://host/get?${query}`)).toBe(`https://host/get?${query}`),
  );

  it('is shown without its query, its fragment and its user', () => {
    expect(shownRef('https://user:word@host/get?id=17#part')).toBe('https://host/get');
  });
});

describe('of another scheme', () => {
  test.each([
    ['box://17/a%20b.pdf?rev=2#x', 'a%20b.pdf', 'box://17/a%20b.pdf'],
    ['box://user:word@17/a', 'a', 'box://17/a'],
    ['mem:a%2Fb', 'mem:a%2Fb', 'mem:a%2Fb'],
    ['box://17/a?next=/x/secret', 'a', 'box://17/a'],
    ['gs://inbox/Invoice #17.pdf', 'Invoice #17.pdf', 'gs://inbox/Invoice '],
    ['gs://b/dir/#1/page.pdf', 'page.pdf', 'gs://b/dir/'],
    ['gs://b/Why?.pdf?generation=3', 'Why?.pdf', 'gs://b/Why'],
    ['gs://b/Invoice #17.pdf?X-Goog-Signature=0af', 'Invoice #17.pdf', 'gs://b/Invoice '],
  ])(
    '%s is its own identity, nothing of it is decoded, and what could be a secret is neither shown nor a name',
    (ref, name, shown) => {
      expect(describeReference(ref)).toEqual({ name, identity: ref, shown });
    },
  );
});
