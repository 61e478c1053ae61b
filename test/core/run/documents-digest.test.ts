// A list of documents is told from every other, by what is no secret in it.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { DocumentInput } from '../../../src/core/document';
import { describeDifference, documentsDigest } from '../../../src/core/run/documents-digest';

const digest = (...refs: string[]) => documentsDigest(refs.map((ref) => ({ ref })));
const [A, B] = ['https://h/a.pdf', 'https://h/b.pdf'] as const;
const signed = (signature: string) => `Expires=1798000000&Key-Pair-Id=K&Signature=${signature}`;

test('the same list has the same digest, also when it is presigned anew', () => {
  expect(digest(A, B)).toMatch(/^[0-9a-f]{16}:[0-9a-f]{48}$/);
  expect(digest(`${A}?${signed('one')}`, B)).toBe(digest(`${A}?${signed('two')}`, `https://user:word@h/b.pdf`));
  expect(digest(`${A}?id=1&${signed('one')}`)).toBe(digest(`${A}?${signed('two')}&id=1`));
});

test.each([
  ['another order', [B, A], 'its order differs'],
  ['one entry less', [A], 'it has 1 entries, and had 2'],
  ['one entry more', [A, B, B], 'it has 3 entries, and had 2'],
  ['no entries', [], 'it is a different list'],
  ['another document', [A, 'https://h/c.pdf'], 'documents[1] is a different document'],
  ['another query', [`${A}?id=17`, B], 'documents[0] has a different query string or fragment'],
  ['another fragment', [A, `${B}#x`], 'documents[1] has a different query string or fragment'],
])('a list of %s has another digest, and what differs is told', (_, refs, difference) => {
  expect(digest(...refs)).not.toBe(digest(A, B));
  expect(describeDifference(digest(A, B), digest(...refs))).toBe(difference);
});

test('another name of a document makes another digest, and what differs is told', () => {
  const named = documentsDigest([{ ref: A, name: 'x' }]);
  expect(named).not.toBe(digest(A));
  expect(describeDifference(digest(A), named)).toBe('documents[0] has a different name, path or media type');
});

test('another path of a document makes another digest, and none is as it was before there were paths', () => {
  const [one, other] = ['2025/a.pdf', '2026/a.pdf'].map((path) => documentsDigest([{ ref: A, path }]));
  expect(new Set([digest(A), one, other]).size).toBe(3);
  expect(describeDifference(one!, other!)).toBe('documents[0] has a different name, path or media type');
  expect(documentsDigest([{ ref: A, name: 'x', path: undefined }])).toBe(documentsDigest([{ ref: A, name: 'x' }]));
  expect(digest(A, B)).toBe('6d4fce32f41bee25:c4f0456a811c9dc577074ba40dacff13811c9dc577074ba4');
});

test('another media type of a document makes another digest, and none is as it was before types counted', () => {
  const path = 'text/csv';
  const lists = [
    { ref: A, path },
    { ref: A, contentType: path },
    { ref: A, path, contentType: path },
    { ref: A, contentType: 'text/plain' },
  ].map((document) => documentsDigest([document]));
  expect(new Set([digest(A), ...lists]).size).toBe(5);
  expect(describeDifference(lists[1]!, lists[3]!)).toBe('documents[0] has a different name, path or media type');
  expect(lists[0]).toBe('2dad756d57a01b13:c4f0456a811c9dc5e3ef8e60');
});

test('what is null counts as not given, whatever the field: no document is taken for another', () => {
  const fields = ['name', 'path', 'identity', 'contentType'] as const;
  fc.assert(
    fc.property(fc.subarray([...fields], { minLength: 1 }), fc.subarray([...fields]), (nulls, more) => {
      const some = Object.fromEntries(more.map((field) => [field, `text/${field}`]));
      const none = Object.fromEntries(nulls.filter((field) => !more.includes(field)).map((field) => [field, null]));
      const of = (ref: string, extra: object) => documentsDigest([{ ref, ...some, ...extra }]);
      for (const ref of ['s3://inbox/k-1.pdf', 's3://inbox/k-2.pdf']) expect(of(ref, none)).toBe(of(ref, {}));
      if (!more.includes('identity')) expect(of('s3://inbox/k-1.pdf', none)).not.toBe(of('s3://inbox/k-2.pdf', none));
    }),
  );
});

test.each([
  ['s3://inbox/Invoice #17.pdf', 's3://inbox/Invoice #18.pdf'],
  ['s3://inbox/q?1.pdf', 's3://inbox/q?2.pdf'],
  ['s3://inbox/dir/#1/page.pdf', 's3://inbox/dir/#2/page.pdf'],
  ['s3://inbox/a%20b.pdf', 's3://inbox/a b.pdf'],
  ['s3://inbox/a//b.pdf', 's3://inbox/a/b.pdf'],
  ['https://host/download?id=17', 'https://host/download?id=18'],
  ['https://host/viewer#17', 'https://host/viewer#18'],
  ['box://17?rev=1', 'box://17?rev=2'],
  ['file:///a.pdf', 'file:///b.pdf'],
])('%s is not %s', (one, two) => expect(digest(one)).not.toBe(digest(two)));

describe('an identity', () => {
  const one: DocumentInput = { ref: 'box://17?ticket=a', identity: 'box 17' };

  it('tells the document instead of its reference', () => {
    expect(documentsDigest([one])).toBe(documentsDigest([{ ...one, ref: 'box://17?ticket=b' }]));
    expect(documentsDigest([one])).not.toBe(documentsDigest([{ ...one, identity: 'box 18' }]));
  });

  it('that is the one a reference has by itself changes nothing', () => {
    const ref = `${A}?id=17&${signed('one')}`;
    expect(documentsDigest([{ ref, identity: `${A}?id=17` }])).toBe(digest(ref));
  });
});

test('a long way is read to its end', () => {
  const folder = `https://h/${'x'.repeat(400)}`;
  expect(digest(`${folder}/a`)).not.toBe(digest(`${folder}/b`));
});

test('the digest of a long list stays short', () => {
  const refs = Array.from({ length: 51 }, (_, n) => `https://h/${n}.pdf`);
  expect(digest(...refs)).toMatch(/^[0-9a-f]{16}$/);
  expect(describeDifference(digest(...refs), digest(...refs, A))).toBe('it is a different list');
});

test('lists that differ little share no digest', () => {
  const all = Array.from({ length: 20_000 }, (_, n) => digest(`https://h/${n}.pdf`));
  expect(new Set(all).size).toBe(all.length);
});

test('whatever differs in a key of S3 or a query, two lists share no digest', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom('s3://inbox/', 'https://h/get?id=', 'box:'), text, text, (before, one, two) => {
      const [first, second] = [`${before}${encodeURIComponent(one)}`, `${before}${encodeURIComponent(two)}`];
      expect(digest(first) === digest(second)).toBe(first === second);
    }),
  );
});
