// Names by a template: readable, safe wherever they are stored, and each output's own.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { distinctPaths, outputPaths, type OutputToName } from '../../../src/core/run/output-names';
import { templateError } from '../../../src/core/run/output-template';
import { drained } from '../../../src/core/run/yielding-steps';

const HASH = '0123456789abcdef';

const output = (path: string, more: Partial<OutputToName> = {}): OutputToName => ({
  fileId: 'token-0-a-00000000.pdf',
  nodeId: null,
  sourceHash: HASH,
  path,
  ...more,
});

const nameOf = (template: string, path: string, more?: Partial<OutputToName>) =>
  outputPaths([output(path, more)], template)[0];

/** Outputs of documents, each with its own hashes. */
const named = (template: string, ...paths: string[]) =>
  outputPaths(
    paths.map((path, index) => output(path, { hash: `d${index}`, sourceHash: `s${index}` })),
    template,
  );

test.each([
  ['{path}/{stem}.json', '2026/11/a.pdf', '2026/11/a.json'],
  ['{path}/{stem}.json', 'a.pdf', 'a.json'],
  ['{path}/{stem}.json', '/2026//a.pdf', '2026/a.json'],
  ['x/{path}/y/{stem}.json', '2026/a.pdf', 'x/2026/y/a.json'],
  ['x/{path}/y/{stem}.json', 'a.pdf', 'x/y/a.json'],
  ['{stem}.json', 'archive.tar.gz', 'archive.tar.json'],
  ['{stem}.{ext}.json', 'a.pdf', 'a.pdf.json'],
  ['{stem}.{ext}.json', 'README', 'README.json'],
  ['{stem}.{ext}', 'README', 'README'],
  ['{ext}/{stem}', 'README', 'README'],
  ['{ext}/{stem}', 'a.PDF', 'PDF/a'],
  ['{stem}-{stem}.json', 'a.pdf', 'a-a.json'],
  ['{fileId}', 'a.pdf', 'token-0-a-00000000.pdf'],
  ['{stem}/{node}.json', 'a.pdf', 'a/final.json'],
  ['{stem}-{hash}.json', 'a.pdf', `a-${HASH}.json`],
  ['{stem}.json', '$&{path}$1.pdf', '$&{path}$1.json'],
])('%s of %s is %s', (template, path, name) => {
  expect(templateError(template, 'final')).toBeUndefined();
  expect(nameOf(template, path)).toBe(name);
});

test('an output of a node has its id', () => {
  expect(nameOf('{stem}/{node}.json', 'a.pdf', { nodeId: '../n' })).toBe('a/_.._n.json');
});

describe('a name is used by hand', () => {
  test.each([
    'Invoice #17 50%.pdf',
    ' two  words .pdf',
    "it's (1) & [2] = {3}.pdf",
    'Größe – Übersicht.pdf',
    '漢字の文書.第1版.pdf',
    'תקציב.pdf',
    'تقرير‏.pdf',
    '📄👩‍👩‍👧.pdf',
    '-rf.pdf',
    '~.pdf',
  ])('%s stays as it is', (name) => {
    expect(nameOf('{path}/{stem}.{ext}', `${name}/${name}`)).toBe(`${name}/${name}`);
  });
});

describe('what is safe nowhere is changed:', () => {
  it.each([
    ['a way up', '../../etc/passwd', '_/_/etc/passwd'],
    ['this folder', './a', '_/a'],
    ['hidden', '.git/.env', '_.git/_.env'],
    ['dots alone', '.../...', '_/_'],
    ['dots and spaces at an end', 'Dr. /a. . ', 'Dr_/a_'],
    ['a backslash', '..\\a', '_.._a'],
    ['control characters', 'a\0b\r\nc\u0085d', 'a_b_c_d'],
    ['line separators', 'a\u2028b', 'a_b'],
    ['half a character', 'a\ud83d', 'a_'],
    ['what Windows takes for a drive, a stream or a pattern', 'C:/a:b*?"<>|c', 'C_/a_b_c'],
    ['devices of Windows', 'aux/con.txt/NUL/com1/LPT9 .x', '_aux/_con.txt/_NUL/_com1/_LPT9 .x'],
    ['no devices', 'console/con1/com0', 'console/con1/com0'],
    ['the folder of a batch', '_manifests/a', '__manifests/a'],
    ['nothing', '///', 'document'],
  ])('%s', (_, path, name) => expect(nameOf('{path}/{stem}.{ext}', path)).toBe(name));

  it.each([
    ['{stem}.json', `${'x'.repeat(400)}.pdf`, `${'x'.repeat(225)}.json`],
    ['{stem}.json', `${'漢'.repeat(100)}.pdf`, `${'漢'.repeat(75)}.json`],
    ['{stem}-{hash}.json', `${'x'.repeat(400)}.pdf`, `${'x'.repeat(208)}-${HASH}.json`],
    ['{stem}.{ext}', `a.${'x'.repeat(400)}`, `a.${'x'.repeat(228)}`],
    ['{path}/{stem}', `${'😀'.repeat(100)}/a`, `${'😀'.repeat(57)}/a`],
  ])('a part of %s that is too long for a file system', (template, path, name) => {
    expect(nameOf(template, path)).toBe(name);
  });
});

describe('outputs that would have one name get a hash before the extension, all of them', () => {
  it.each<[string, string[], string[]]>([
    ['another extension', ['a.pdf', 'a.docx', 'b.pdf'], ['a-d0.json', 'a-d1.json', 'b.json']],
    ['other letters', ['Bericht.pdf', 'BERICHT.pdf'], ['Bericht-d0.json', 'BERICHT-d1.json']],
    ['another form', ['Gr\u00f6\u00dfe.pdf', 'GRO\u0308SSE.pdf'], ['Gr\u00f6\u00dfe-d0.json', 'GRO\u0308SSE-d1.json']],
    ['what is not seen', ['a\u200d.pdf', 'a.pdf'], ['a\u200d-d0.json', 'a-d1.json']],
    ['what is not safe', ['a?.pdf', 'a*.pdf'], ['a_-d0.json', 'a_-d1.json']],
    ['another end', ['x'.repeat(300) + '1', 'x'.repeat(300) + '2'], [0, 1].map((n) => `${'x'.repeat(225)}-d${n}.json`)],
    ['a folder of the other', ['a.json/b.pdf', 'a.pdf'], ['a.json/b.json', 'a-d1.json']],
    ['a folder of the other in other letters', ['A.JSON/x/b.pdf', 'a.pdf'], ['A.JSON/x/b.json', 'a-d1.json']],
    ['the name with a hash', ['a.pdf', 'a.docx', 'a-d0.pdf'], ['a-d0.json', 'a-d1.json', 'a-d0-d2.json']],
  ])('%s', (_, paths, names) => expect(named('{path}/{stem}.json', ...paths)).toEqual(names));

  test('in other folders they have their own names', () => {
    expect(named('{path}/{stem}.json', 'x/a.pdf', 'y/a.pdf')).toEqual(['x/a.json', 'y/a.json']);
    expect(named('{stem}.json', 'x/a.pdf', 'y/a.pdf')).toEqual(['a-d0.json', 'a-d1.json']);
  });

  it.each(['{stem}', '{stem}.v1.2', '{stem} no. extension'])('also where it is an odd one: %s', (template) => {
    const [one, other] = named(template, 'a.pdf', 'a.docx');
    expect([one, other]).toEqual(
      { '{stem}': ['a-d0', 'a-d1'], '{stem}.v1.2': ['a.v1-d0.2', 'a.v1-d1.2'] }[template] ?? [
        'a no. extension-d0',
        'a no. extension-d1',
      ],
    );
  });

  it('and that of job, file and node where it is one document twice, or the hash of none is known', () => {
    const twice = [output('a.pdf', { hash: 'd', sourceHash: 's0' }), output('a.pdf', { hash: 'd', sourceHash: 's1' })];
    expect(outputPaths(twice, '{stem}.json')).toEqual(['a-s0.json', 'a-s1.json']);
    const bare = twice.map(({ hash: _, ...rest }) => rest);
    expect(outputPaths(bare, '{stem}.json')).toEqual(['a-s0.json', 'a-s1.json']);
  });

  it('which tells them in any order, and beside whatever others', () => {
    const paths = ['a.pdf', 'a.docx', 'b.pdf'];
    const outputs = paths.map((path, index) => output(path, { hash: `d${index}`, sourceHash: `s${index}` }));
    expect(outputPaths(outputs.toReversed(), '{stem}.json')).toEqual(outputPaths(outputs, '{stem}.json').toReversed());
    const again = outputs.map((one, index) => ({ ...one, fileId: 'other', sourceHash: `t${index}` }));
    expect(outputPaths(again, '{stem}.json')).toEqual(outputPaths(outputs, '{stem}.json'));
  });
});

const TEMPLATES = [
  '{path}/{stem}.json',
  '{stem}',
  '{ext}/{stem}-{node}.{ext}',
  '{path}/{stem}/{fileId}',
  '{hash}-{stem}',
];

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'A', 'b', '.', '..', ' ', '/', '\\', '\0', '?', 'con', 'ß', 'ss', 'é', 'e\u0301', '\u200d'),
      fc.constantFrom('.json', '\ud83d', '😀', '漢'.repeat(90), '{stem}', '_manifests', '%2e', 'ſ', 'İ', 'Ⅳ'),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const outputs = fc
  .array(
    fc.record({ path: text, fileId: text, nodeId: fc.option(text), hash: fc.constantFrom('d1', 'd2', undefined) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((list) => list.map((one, index): OutputToName => ({ ...one, sourceHash: `${index}`.padStart(16, '0') })));

/** As the file systems fold that people use. */
const FOLDS: Record<string, (name: string) => string> = {
  none: (name) => name,
  Windows: (name) => name.toUpperCase(),
  'lower case': (name) => name.toLowerCase(),
  'macOS, HFS+': (name) => name.normalize('NFD').toLowerCase(),
  compatible: (name) => name.normalize('NFKC').toLowerCase(),
};

test('whatever documents are called, each output has a name of its own that every file system takes', () => {
  fc.assert(
    fc.property(outputs, fc.constantFrom(...TEMPLATES), (list, template) => {
      const names = outputPaths(list, template);
      for (const name of names)
        for (const part of name.split('/')) {
          expect(part).toMatch(/^[^./"*:<>?\\|\p{Cc}\p{Cs}][^/"*:<>?\\|\p{Cc}\p{Cs}]*$/u);
          expect(part).not.toMatch(/[. ]$|^(con|_manifests)(\.|$)/i);
          expect(Buffer.byteLength(part)).toBeLessThanOrEqual(249);
          expect(Buffer.from(part).toString()).toBe(part);
        }
      for (const fold of Object.values(FOLDS)) {
        const folded = names.map(fold);
        expect(new Set(folded).size).toBe(names.length);
        for (const one of folded) expect(folded.some((other) => other.startsWith(`${one}/`))).toBe(false);
      }
    }),
    { numRuns: 1_000 },
  );
});

describe('documents that are sent in several jobs', () => {
  const distinct = (...list: Parameters<typeof distinctPaths>) => drained(distinctPaths(...list));
  const documents = (...paths: string[]) => paths.map((path) => ({ ref: `s3://inbox/${path}`, path }));

  it('have the paths that they have, but for those whose outputs would share a name', () => {
    const list = documents('2026/a.pdf', '2026/b.pdf', '2026/A.docx', 'a.pdf', 'README', 'readme.md');
    const paths = distinct(list, '{path}/{stem}.json');
    expect(paths).toEqual([
      expect.stringMatching(/^2026\/a-[0-9a-f]{16}\.pdf$/),
      '2026/b.pdf',
      expect.stringMatching(/^2026\/A-[0-9a-f]{16}\.docx$/),
      'a.pdf',
      expect.stringMatching(/^README-[0-9a-f]{16}$/),
      expect.stringMatching(/^readme-[0-9a-f]{16}\.md$/),
    ]);
    expect(distinct(list.toReversed(), '{path}/{stem}.json')).toEqual(paths.toReversed());
  });

  it('get the names that they would have in one job', () => {
    const list = documents('2026/a.pdf', '2026/a.docx', 'b.pdf', 'b.json/x.pdf');
    const inOne = outputPaths(
      list.map((one, index) => output(one.path, { hash: distinctHash(one), sourceHash: `s${index}` })),
      '{path}/{stem}.json',
    );
    const inSeveral = distinct(list, '{path}/{stem}.json').map((path) => nameOf('{path}/{stem}.json', path));
    expect(inSeveral).toEqual(inOne);
    expect(new Set(inOne).size).toBe(4);
  });

  const distinctHash = (document: { ref: string; path: string }) =>
    /-([0-9a-f]{16})\./.exec(distinct([document, { ...document, ref: 's3://other' }], '{stem}.json')[0]!)![1]!;

  it.each(['{path}/{fileId}', '{stem}-{hash}.json'])('are told apart by %s already', (template) => {
    const list = documents('a.pdf', 'a.docx', 'a.pdf');
    expect(distinct(list, template)).toEqual(['a.pdf', 'a.docx', 'a.pdf']);
  });

  it('have other folders where these are made of their names', () => {
    expect(distinct(documents('a.pdf', 'a.docx'), '{stem}/{node}.json')).toEqual([
      expect.stringMatching(/^a-[0-9a-f]{16}\.pdf$/),
      expect.stringMatching(/^a-[0-9a-f]{16}\.docx$/),
    ]);
    expect(distinct(documents('a.pdf', 'a.docx'), '{ext}/{stem}.json')).toEqual(['a.pdf', 'a.docx']);
  });

  it('leave turns to others, however many they are', () => {
    const turns = (count: number) =>
      [...distinctPaths(documents(...Array.from({ length: count }, (_, n) => `${n}.pdf`)), '{stem}.json')].length;
    expect([turns(100), turns(1_000), turns(10_000)]).toEqual([0, 2, 20]);
  });

  it('never share a name, however long they are and however often one is listed', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...TEMPLATES.slice(0, 3)),
        (list, template) => {
          const paths = distinct(documents(...list), template);
          const names = paths.map((path) => nameOf(template, path)!.normalize('NFKC').toLowerCase());
          expect(new Set(names).size).toBe(list.length);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
