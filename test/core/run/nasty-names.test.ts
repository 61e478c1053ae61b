// Whatever documents are called, each is told by the file id that the API makes of its name, and none by another's.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchFiles } from '../../../src/core/run/match-files';
import { planUploads } from '../../../src/core/start/upload-names';
import { makeFileId } from '../../../src/testing/fake/support/ids';
import { TOKEN } from '../start/fixtures';

const uploaded = (names: readonly string[], token: string | null) =>
  planUploads(
    names.map((name) => ({ ref: 'x:y', name })),
    token,
  );

/** Ids as the API makes them, by the place of the document. */
const madeOf = (uploads: ReturnType<typeof uploaded>) =>
  uploads.map(({ uploadName }, index) => makeFileId('job', index, uploadName));

const NASTY = [
  '2507.13305v1.pdf',
  'v1.2.final.tar.gz',
  '.env',
  '.hidden.pdf',
  '..env',
  'trailing.',
  'trailing..',
  'no extension',
  'README',
  'Dr. Smith 12. 3. 2025',
  ' two  words .pdf',
  'a+b&c=d%20%zz#1.pdf',
  `it's "quoted".pdf`,
  'Größe – Übersicht.v2.docx',
  'GRO\u0308SSE.v2.docx',
  '漢字の文書.第1版.pdf',
  '📄👩‍👩‍👧.pdf',
  'תקציב.2025.pdf',
  'a-00000000.pdf',
  'a.-0a1b2c3d',
  'name.PDF',
  `${'long.name-'.repeat(40)}.pdf`,
  '!!!.pdf',
];

describe.each([
  ['with a token', TOKEN],
  ['without one', null],
])('%s', (_how, token) => {
  test.each(NASTY)('%s is told', (name) => {
    const uploads = uploaded([name], token);
    const ids = madeOf(uploads);
    expect(matchFiles(uploads, token, ids)).toEqual({ fileIds: ids, others: [] });
  });

  test('all of them are told apart, in whatever order the API lists them', () => {
    const uploads = uploaded([...NASTY, ...NASTY], token);
    const ids = madeOf(uploads);
    expect(matchFiles(uploads, token, [...ids].sort().reverse())).toEqual({ fileIds: ids, others: [] });
  });

  test('documents that differ in dots and case alone get names of which the file ids differ', () => {
    const names = ['a.b.pdf', 'ab.pdf', 'A.B.pdf', 'a..b.pdf', 'ab-2.pdf', '.ab.pdf'];
    const uploads = uploaded(names, token);
    const stems = madeOf(uploads).map((id) => id.toLowerCase().replace(/-[0-9a-f]{8}(?=\.pdf$)/, ''));
    expect(new Set(stems).size).toBe(names.length);
    expect(matchFiles(uploads, token, madeOf(uploads)).fileIds).toEqual(madeOf(uploads));
  });
});

/** What the API may do besides dropping dots: nobody knows. */
const RULES: Record<string, (stem: string, extension: string) => string> = {
  'drops dots': (stem, extension) => `${stem.replaceAll('.', '')}#${extension}`,
  'keeps dots': (stem, extension) => `${stem}#${extension}`,
  'writes - for what is no letter or digit': (stem, extension) => `${stem.replace(/[^a-z0-9é]+/g, '-')}#${extension}`,
  'drops what is no letter or digit': (stem, extension) => `${stem.replace(/[^a-z0-9é]+/g, '')}#${extension}`,
  'drops accents': (stem, extension) => `${stem.replaceAll('.', '').replaceAll('é', 'e')}#${extension}`,
  'encodes for URLs': (stem, extension) => `${encodeURIComponent(stem.replaceAll('.', ''))}#${extension}`,
  'takes no extension for one': (stem, extension) => `${(stem + extension).replaceAll('.', '')}#`,
};

const name = fc
  .array(fc.constantFrom('a', 'b', '.', '-', ' ', '_', 'é', 'e', '%20', '.pdf'), { minLength: 1, maxLength: 7 })
  .map((parts) => parts.join(''));
const names = fc.array(name, { minLength: 1, maxLength: 5 });

const idsBy = (rule: keyof typeof RULES, uploads: ReturnType<typeof uploaded>) =>
  uploads.map(({ uploadName }, index) => {
    const dot = uploadName.lastIndexOf('.');
    const [stem, extension] = dot <= 0 ? [uploadName, ''] : [uploadName.slice(0, dot), uploadName.slice(dot)];
    return RULES[rule]!(stem, extension).replace('#', () => `-${String(index).padStart(8, 'c')}`);
  });

test.each(Object.keys(RULES))(
  'where the API %s, no document gets the file of another, however few are listed',
  (rule) => {
    fc.assert(
      fc.property(names, fc.array(fc.nat(4)), (given, left) => {
        const uploads = uploaded(given, null);
        const ids = idsBy(rule, uploads);
        const listed = ids.filter((_, index) => !left.includes(index));
        const { fileIds } = matchFiles(uploads, null, listed);
        for (const [index, fileId] of fileIds.entries()) expect([null, ids[index]]).toContain(fileId);
      }),
      { numRuns: 2_000 },
    );
  },
);

test.each(['drops dots', 'keeps dots'])('where the API %s, and lists all files, each document is told', (rule) => {
  fc.assert(
    fc.property(names, (given) => {
      const uploads = uploaded(
        given.map((name) => `x${name}`), // what becomes of a hidden file's dot is not known
        null,
      );
      const ids = idsBy(rule, uploads);
      expect(matchFiles(uploads, null, [...ids].reverse()).fileIds).toEqual(ids);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['spaces as hyphens', 'my own report.pdf', 'my-own-report-00000001.pdf'],
  ['spaces as codes', 'my own report.pdf', 'my%20own%20report-00000001.pdf'],
  ['spaces dropped', 'my own report.pdf', 'myownreport-00000001.pdf'],
  ['accents dropped', 'Größe.pdf', 'Große-00000001.pdf'],
  ['another form of accents', 'Gro\u0308ße.pdf', 'Größe-00000001.pdf'],
  ['an extension in lower case', 'SCAN.0001.PDF', 'SCAN0001-00000001.pdf'],
  ['both extensions kept', 'a.tar.gz', 'a-00000001.tar.gz'],
  ['the name of a hidden file as its extension', '.env', '-00000001.env'],
  ['no trailing dot', 'end.', 'end-00000001'],
  ['no extension', 'notes.v2', 'notesv2-00000001'],
  ['a cut', `${'word '.repeat(30)}.pdf`, `${'word '.repeat(12)}-00000001.pdf`],
])('a document is told where the API writes %s', (_what, given, fileId) => {
  const files = [fileId, 'unrelated-00000002.pdf'];
  expect(matchFiles(uploaded([given], null), null, files)).toEqual({ fileIds: [fileId], others: [files[1]] });
});

test.each([
  ['two documents that a file can be made from', ['a b.pdf', 'a-b.pdf'], ['a_b-00000001.pdf']],
  ['one of them literally, where the other is not listed', ['a b.pdf', 'a-b.pdf'], ['a-b-00000001.pdf']],
  ['two files that can be made from a document', ['a b.pdf'], ['a_b-00000001.pdf', 'a-b-00000002.pdf']],
  ['names of no letters and digits', ['!!!.pdf'], ['-00000001.pdf']],
  [
    'two long names that begin the same',
    ['one', 'two'].map((end) => `${'word '.repeat(20)}${end}.pdf`),
    [`${'word'.repeat(11)}-00000001.pdf`],
  ],
])('no document is told by %s', (_what, given, files) => {
  const { fileIds, others } = matchFiles(uploaded(given, null), null, files);
  expect(fileIds).toEqual(given.map(() => null));
  expect(others).toEqual(files);
});
