import { expect, test } from 'vitest';
import { parseLines, partName, recordsFolder, toDocumentInput, toLines } from '../../../src/core/batch/records';

test.each([
  ['nightly', '_manifests/nightly/'],
  ['invoices-2026.11_b', '_manifests/invoices-2026.11_b/'],
  ['console', '_manifests/console/'],
  ['nightly.con', '_manifests/nightly.con/'],
])('records of the key %s stand in %s', (key, folder) => {
  expect(recordsFolder(key)).toBe(folder);
});

test('keys that are no good names have folders of their own, which no key can leave', () => {
  const keys = [
    'a/b',
    'a\\b',
    'a_b',
    'a b',
    '..',
    '.',
    '.hidden',
    'ä',
    'a%2Fb',
    'a?b',
    'a#b',
    'con',
    'CON',
    'aux.2026',
    'lpt1',
    '_con',
    'x.',
    'x',
    'x'.repeat(300),
    'x'.repeat(301),
  ];
  const folders = keys.map(recordsFolder);
  expect(new Set(folders).size).toBe(keys.length);
  for (const folder of folders) expect(folder).toMatch(/^_manifests\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,140}\/$/);
  for (const folder of folders) expect(folder).not.toMatch(/\.\/$|\/(con|prn|aux|nul|(com|lpt)\d)(\.|\/)/i);
});

test('parts sort by their names up to 99,999', () => {
  expect([1, 17, 99_999, 100_000].map(partName)).toEqual([
    'part-00001.jsonl',
    'part-00017.jsonl',
    'part-99999.jsonl',
    'part-100000.jsonl',
  ]);
});

test('lines come back as they were, whatever they hold', () => {
  const entries = [{ ref: 'a\nb' }, { ref: '\u2028"' }, {}];
  expect(parseLines(toLines(entries))).toEqual(entries);
  expect(parseLines('\n{"a":1}\r\n\n"text"\n')).toEqual([{ a: 1 }, 'text']);
  expect(toLines([])).toBe('');
  expect(() => parseLines('{}\n{"a":\n')).toThrow(/^line 2 is not JSON$/);
});

test('a run takes a document without what was known of it when it was listed', () => {
  expect(toDocumentInput({ ref: 'file:///a', name: 'b', bytes: 1, version: 'v' })).toEqual({
    ref: 'file:///a',
    name: 'b',
  });
});
