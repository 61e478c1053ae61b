// Documents are told by their file ids, never by position, and only where one fits.
import { describe, expect, it, test } from 'vitest';
import { failedFileIds, matchFailures, matchFiles } from '../../../src/core/run/match-files';
import { planUploads } from '../../../src/core/start/upload-names';
import { TOKEN } from '../start/fixtures';

const uploads = (token: string | null, ...names: string[]) =>
  planUploads(
    names.map((name) => ({ ref: `file:///${encodeURIComponent(name)}` })),
    token,
  );

it('by the token and the place in it, whatever the order', () => {
  const files = [`${TOKEN}-1-a-00000000.pdf`, `${TOKEN}-0-a-11111111.pdf`];
  expect(matchFiles(uploads(TOKEN, 'a.pdf', 'a.pdf'), TOKEN, files)).toEqual({
    fileIds: [files[1], files[0]],
    others: [],
  });
});

test('1 and 10 are not mixed up', () => {
  const names = Array.from({ length: 11 }, () => 'a.pdf');
  const { fileIds } = matchFiles(uploads(TOKEN, ...names), TOKEN, [`${TOKEN}-10-a-00000000.pdf`]);
  expect(fileIds.map((id) => id !== null)).toEqual([...Array<boolean>(10).fill(false), true]);
});

test("another start's files are others", () => {
  const files = ['ffffffffffff-0-a-00000000.pdf'];
  expect(matchFiles(uploads(TOKEN, 'a.pdf'), TOKEN, files)).toEqual({ fileIds: [null], others: files });
});

test("without a token by the API's form: stem, eight hex digits, extension", () => {
  const files = ['b-00000001.docx', 'a-00000000.pdf', 'README-0000000a', 'a.pdf', 'a-0000.pdf', 'a-xyzxyzxy.pdf'];
  expect(matchFiles(uploads(null, 'a.pdf', 'b.docx', 'README', 'c.pdf'), null, files).fileIds).toEqual([
    'a-00000000.pdf',
    'b-00000001.docx',
    'README-0000000a',
    null,
  ]);
});

test('two files that fit one document are none, and so is one that fits two', () => {
  const two = ['a-00000000.pdf', 'a-11111111.pdf'];
  expect(matchFiles(uploads(null, 'a.pdf'), null, two)).toEqual({ fileIds: [null], others: two });
  const twice = [
    { ref: 'x:', uploadName: 'a.pdf' },
    { ref: 'y:', uploadName: 'a.pdf' },
  ];
  expect(matchFiles(twice, null, ['a-00000000.pdf']).fileIds).toEqual([null, null]);
});

test('a file named twice is one file', () => {
  expect(matchFiles(uploads(null, 'a.pdf'), null, ['a-00000000.pdf', 'a-00000000.pdf'])).toEqual({
    fileIds: ['a-00000000.pdf'],
    others: [],
  });
});

describe('a document that failed', () => {
  const fileIds = ['a-00000000.pdf', 'b c-11111111.pdf'];
  const failures = (...documents: string[]) => {
    const failedFiles = documents.map((document) => ({ document, error: 'encrypted' }));
    return matchFailures(uploads(null, 'a.pdf', 'b c.pdf'), null, { fileIds, others: ['x-22222222.pdf'] }, failedFiles);
  };

  it.each(['a.pdf', 'a-00000000.pdf', '/tmp/x/a.pdf', 'dir/a-00000000.pdf', 's3://bucket/%61.pdf', 'C:\\in\\a.pdf'])(
    'is told by %s',
    (document) => {
      expect(failures(document)).toEqual({ reasons: ['encrypted', undefined], isComplete: true });
    },
  );

  it('may be written as in a URL', () => {
    expect(failures('https://host/b%20c.pdf')).toEqual({ reasons: [undefined, 'encrypted'], isComplete: true });
  });

  it('is rather the one of just that name than the one of the name behind it', () => {
    const sent = uploads(null, 'a b.pdf', 'a%20b.pdf');
    expect(sent.map(({ uploadName }) => uploadName)).toEqual(['a b.pdf', 'a%20b.pdf']);
    const match = { fileIds: [null, null], others: [] };
    const failed = [{ document: 'in/a%20b.pdf', error: 'encrypted' }];
    expect(matchFailures(sent, null, match, failed).reasons).toEqual([undefined, 'encrypted']);
  });

  test.each(['aa.pdf', 'a.pdf.txt', '', 'b_c.pdf', 's3://x/record-77', '100%.pdf'])(
    '%s tells of none, and of the others nobody knows',
    (document) => {
      expect(failures('a.pdf', document)).toEqual({ reasons: ['encrypted', undefined], isComplete: false });
    },
  );

  test.each(['x.pdf', 'x-22222222.pdf', '/tmp/x.pdf'])('%s is a file that is no document', (document) => {
    expect(failures(document)).toEqual({ reasons: [undefined, undefined], isComplete: true });
  });

  it('is told by its token, whatever became of the rest of the name', () => {
    const sent = uploads(TOKEN, 'a b.pdf', 'a b.pdf');
    const failed = [`${TOKEN}-1-a_b.pdf`, `s3%3A%2F%2Fin%2F${TOKEN}-0-a%20b.pdf?x=1`].map((document, place) => ({
      document,
      error: `reason ${place}`,
    }));
    const match = { fileIds: [null, null], others: [] };
    expect(matchFailures(sent, TOKEN, match, failed)).toEqual({ reasons: ['reason 1', 'reason 0'], isComplete: true });
    const foreign = [{ document: 'ffffffffffff-0-a b.pdf', error: 'x' }];
    expect(matchFailures(sent, TOKEN, match, foreign)).toEqual({ reasons: [undefined, undefined], isComplete: false });
  });

  it('listed twice, the first reason stands', () => {
    const failed = ['one', 'two'].map((error) => ({ document: 'a.pdf', error }));
    expect(matchFailures(uploads(null, 'a.pdf'), null, { fileIds, others: [] }, failed).reasons).toEqual(['one']);
  });
});

test('a failed file without a name may be any document', () => {
  const failed = [{ document: '', error: 'encrypted' }];
  const match = { fileIds: ['a-00000000.pdf'], others: ['-11111111'] };
  expect(matchFailures(uploads(null, 'a.pdf'), null, match, failed)).toEqual({
    reasons: [undefined],
    isComplete: false,
  });
  expect([...failedFileIds(['a-00000000.pdf', '-11111111'], failed)]).toEqual([]);
});

test.each(['x.y.pdf', 'xy.pdf', 'xy-00000000.pdf', '/tmp/in/x.y.pdf', 'https://host/x%2Ey.pdf'])(
  'a document with dots that failed is told by %s, whether its file id is known or not',
  (document) => {
    const failed = [{ document, error: 'encrypted' }];
    const sent = uploads(null, 'x.y.pdf', 'z.pdf');
    for (const fileIds of [
      ['xy-00000000.pdf', null],
      [null, null],
    ]) {
      if (document === 'xy-00000000.pdf' && fileIds[0] === null) continue;
      const told = matchFailures(sent, null, { fileIds, others: [] }, failed);
      expect(told).toEqual({ reasons: ['encrypted', undefined], isComplete: true });
    }
  },
);

test('a name that keeps no dots is no document where another file is made of it', () => {
  const match = { fileIds: [null], others: ['xy-00000000.pdf'] };
  const failed = [{ document: 'xy.pdf', error: 'encrypted' }];
  expect(matchFailures(uploads(null, 'x.y.pdf'), null, match, failed)).toEqual({
    reasons: [undefined],
    isComplete: true,
  });
});

test.each(['2507.13305v1.pdf', '/tmp/2507.13305v1.pdf', '250713305v1-d88db765.pdf'])(
  'without a document to go by, the file id that the API made of a name with dots stands for %s',
  (document) => {
    const fileIds = ['250713305v1-d88db765.pdf', 'a-11111111.pdf'];
    expect([...failedFileIds(fileIds, [{ document, error: 'encrypted' }])]).toEqual(['250713305v1-d88db765.pdf']);
  },
);

test.each(['locked.pdf', '/tmp/x/locked.pdf', 'locked-0aaf42d1.pdf'])(
  'without a document to go by, %s is the one file that the API made of it',
  (document) => {
    const ids = failedFileIds(['a-11111111.pdf', 'locked-0aaf42d1.pdf'], [{ document, error: 'encrypted' }]);
    expect(ids.has('locked-0aaf42d1.pdf')).toBe(true);
    expect(ids.has('a-11111111.pdf')).toBe(false);
  },
);

test('a name that two files are made of tells of none of them', () => {
  const files = ['a-00000000.pdf', 'a-11111111.pdf', 'a.pdf-00000000'];
  const ids = failedFileIds(files, [{ document: 'a.pdf', error: 'x' }]);
  expect([...ids]).toEqual([]);
});
