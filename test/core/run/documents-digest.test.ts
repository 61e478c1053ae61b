// A list of documents is told from every other, by what is no secret in it.
import { expect, test } from 'vitest';
import { documentsDigest } from '../../../src/core/run/documents-digest';

const digest = (...refs: string[]) => documentsDigest(refs.map((ref) => ({ ref })));
const [A, B] = ['https://h/a.pdf', 'https://h/b.pdf'] as const;

test('the same list has the same digest, also when it is presigned anew', () => {
  expect(digest(A, B)).toMatch(/^[0-9a-f]{16}$/);
  expect(digest(`${A}?sig=one`, B)).toBe(digest(`${A}?sig=two`, `https://user:word@h/b.pdf`));
});

test.each([
  ['another order', [B, A]],
  ['one less', [A]],
  ['one more', [A, B, B]],
  ['another document', [A, 'https://h/c.pdf']],
])('%s has another', (_, refs) => {
  expect(digest(...refs)).not.toBe(digest(A, B));
});

test('another name, too', () => {
  expect(documentsDigest([{ ref: A, name: 'x' }])).not.toBe(digest(A));
});

test('where nothing else tells two documents apart, their query strings do', () => {
  const [one, two] = ['https://h/get?id=1', 'https://h/get?id=2'] as const;
  expect(digest(one, two)).not.toBe(digest(two, one));
});

test('a long way is read to its end', () => {
  const folder = `https://h/${'x'.repeat(400)}`;
  expect(digest(`${folder}/a`)).not.toBe(digest(`${folder}/b`));
});

test('lists that differ little share no digest', () => {
  const all = Array.from({ length: 20_000 }, (_, n) => digest(`https://h/${n}.pdf`));
  expect(new Set(all).size).toBe(all.length);
});
