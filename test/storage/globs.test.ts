// What globs match, and which ones are refused.
import { expect, test } from 'vitest';
import { readGlobs } from '../../src/storage/globs';

const matching = (match: string | string[] | undefined) => readGlobs('match', match).matches;

test.each<[string | string[] | undefined, string[], string[]]>([
  [undefined, ['a.pdf', 'a/b/c', 'a\nb/c'], ['.a', 'a/.b', '.a/b']],
  ['**/*.pdf', ['a.pdf', 'x/a.pdf', 'x//a.pdf', '漢/a b.pdf'], ['a.PDF', 'a.pdf.txt', 'x/.a.pdf', '.x/a.pdf']],
  ['*.pdf', ['a.pdf'], ['x/a.pdf']],
  ['2026-{01,11}/*.{pdf,docx}', ['2026-11/a.docx'], ['2026-02/a.pdf']],
  ['**/*.[pP][dD][fF]', ['x/a.PdF'], ['a.txt']],
  ['inv?ice.pdf', ['invoice.pdf', 'inv🙂ice.pdf'], ['invice.pdf']],
  ['.x/**', ['.x/a'], ['.x/.a', 'x/a']],
  ['#1.pdf', ['#1.pdf'], ['1.pdf']],
  ['\\!a.pdf', ['!a.pdf'], ['a.pdf']],
  ['!(draft)*.pdf', ['a.pdf'], ['a.txt']],
  [['**/*.pdf', '**/*.docx'], ['a.pdf', 'x/a.docx'], ['a.txt']],
  [['**/*.pdf', '!drafts/**', '!**/old*'], ['a.pdf'], ['drafts/a.pdf', 'x/old-a.pdf', 'a.txt']],
  [['!drafts/**'], ['a.pdf'], ['drafts/a.pdf', 'drafts/.a', '.a']],
  ['!drafts/**', ['a.pdf'], ['drafts/a.pdf']],
  [['.x/**', '!.x/y'], ['.x/a'], ['.x/y', 'a']],
  [['**/.*', '!**'], [], ['a', '.a', 'x/.a']],
  ['größe/**', ['gr\u00f6ße/a', 'gro\u0308ße/a'], ['grosse/a']],
  ['gro\u0308ße*', ['gr\u00f6ße.pdf'], []],
])('%j', (match, fitting, others) => {
  const matches = matching(match);
  expect(fitting.filter((path) => !matches(path))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});

test.each<[string | string[] | undefined, boolean]>([
  [undefined, false],
  ['**', false],
  ['_manifests/**', true],
  [['**/*.pdf', 'x/_manifests/*.pdf'], true],
  [['**', '!_manifests/**'], false],
  ['x_manifests/*', false],
])('%j names the folder of records: %j', (match, isNamed) => {
  expect(readGlobs('match', match).takesRecords).toBe(isNamed);
});

const ONE = /^Option match must be a glob of at most 1000 characters .* such as \*\*\/\*\.pdf, .*; got /;

test.each<[string, unknown, RegExp]>([
  ['a number', 7, /^Option match must be a glob, or a list of 1 to 100; got 7\.$/],
  ['null in a list', ['a', null], /^Option match\[1\] must be a glob of .*; got null\.$/],
  ['no globs', [], /^Option match must be a glob, or a list of 1 to 100; got \[\]\.$/],
  ['too many', Array<string>(101).fill('a'), /^Option match must be a glob, or a list/],
  ['an empty one', '', ONE],
  ['a mark alone', '!', ONE],
  ['a long one', 'a'.repeat(1_001), ONE],
  ['a way from the root', '/a', ONE],
  ['an excluded way from the root', '!/a', ONE],
  ['a folder', 'a/', ONE],
  ['a part that is a dot', './a', ONE],
  ['a way up', 'a/../b', ONE],
  ['a way up at its end', 'a/..', ONE],
  ['too many forms', '{1..1001}', /^Option match: the braces of "\{1\.\.1001\}" stand for more than 1000 forms\.$/],
  ['too many forms to leave out', ['a', '!{1..1001}'], /^Option match\[1\]: the braces/],
])('%s is refused, with the option and the value', (_, match, message) => {
  const reading = () => readGlobs('match', match as string);
  expect(reading).toThrow(message);
  expect(reading).toThrow(expect.objectContaining({ name: 'UnstructuredValidationError' }) as Error);
});

test('as many forms and characters as are allowed are taken', () => {
  expect(matching('{1..1000}.pdf')('1000.pdf')).toBe(true);
  expect(matching('a'.repeat(1_000))('a'.repeat(1_000))).toBe(true);
});

test('a glob over which a backtracking matcher takes for ever is matched', () => {
  expect(matching(`${'*a'.repeat(30)}*b`)('a'.repeat(1_000))).toBe(false);
  expect(matching('+(+(+(a)))b')('a'.repeat(1_000))).toBe(false);
});
