// Uploaded names: readable, harmless in a multipart header, and such that each document can be told by its file id.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitName, tokenPrefix, planUploads } from '../../../src/core/start/upload-names';
import { TOKEN } from './fixtures';

const nameOf = (ref: string, name?: string) =>
  planUploads([{ ref, ...(name !== undefined && { name }) }], null)[0]!.uploadName;

test.each([
  ['file:///inbox/a.pdf', 'a.pdf'],
  ['https://example.com/x/b%20c.docx?sig=secret#page', 'b c.docx'],
  ['s3://bucket/key', 'key'],
  ['https://example.com/folder/', 'folder'],
  ['https://example.com/%E0%A4%A.pdf', '%E0%A4%A.pdf'],
  ['https://example.com/a%2Fb.pdf', 'a_b.pdf'],
  ['x:..', 'x_..'],
  ['file:///..', 'document'],
])('%s is named %s', (ref, name) => expect(nameOf(ref)).toBe(name));

test('a given name wins, without what a header or a path must not hold', () => {
  expect(nameOf('file:///a.pdf', 'My "report"\r\n<1>.pdf')).toBe('My _report_1_.pdf');
  expect(nameOf('file:///a.pdf', ' x.pdf ')).toBe('x.pdf');
});

test('a name is sent as it is planned, whatever is in it: by that name its failure is recognized', () => {
  expect(nameOf('file:///a.pdf', 'half\ud800 of 😀.pdf')).toBe('half_ of 😀.pdf');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 20 }), (units) => {
      const name = nameOf('file:///a.pdf', String.fromCharCode(...units));
      expect(Buffer.from(name).toString()).toBe(name);
    }),
  );
});

test('a long name keeps its extension and whole characters', () => {
  const name = nameOf('file:///a', `${'😀'.repeat(200)}.pdf`);
  expect(name.endsWith('.pdf')).toBe(true);
  expect(Buffer.byteLength(name)).toBe(160);
  expect(Buffer.byteLength(nameOf('file:///a', `${'漢'.repeat(200)}.pdf`))).toBeLessThanOrEqual(160);
  expect(Buffer.from(name).toString()).toBe(name);
  expect(nameOf('file:///a', `x.${'y'.repeat(300)}`)).toHaveLength(160);
});

test('equal names get numbers, whatever their case', () => {
  const uploads = planUploads(
    ['/x/a.pdf', '/y/A.pdf', '/z/a.pdf', '/a-2.pdf'].map((path) => ({ ref: `file://${path}` })),
    null,
  );
  expect(uploads.map(({ uploadName }) => uploadName)).toEqual(['a.pdf', 'A-2.pdf', 'a-3.pdf', 'a-2-2.pdf']);
});

test('with a token, names begin with it and their place', () => {
  const uploads = planUploads([{ ref: 'file:///a.pdf' }, { ref: 'file:///a.pdf', contentType: 'text/plain' }], TOKEN);
  expect(uploads).toEqual([
    { ref: 'file:///a.pdf', uploadName: `${TOKEN}-0-a.pdf` },
    { ref: 'file:///a.pdf', uploadName: `${TOKEN}-1-a.pdf`, contentType: 'text/plain' },
  ]);
  expect(tokenPrefix(TOKEN, 1)).toBe(`${TOKEN}-1-`);
});

test.each([
  ['a.pdf', ['a', '.pdf']],
  ['a.tar.gz', ['a.tar', '.gz']],
  ['.env', ['.env', '']],
  ['README', ['README', '']],
])('%s is split', (name, parts) => expect(splitName(name)).toEqual(parts));

test('names are always distinct and never empty', () => {
  const refs = fc.array(fc.string(), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(refs, fc.constantFrom(TOKEN, null), (names, token) => {
      const uploads = planUploads(
        names.map((name) => ({ ref: 'x:y', name })),
        token,
      ).map((u) => u.uploadName.toLowerCase());
      expect(new Set(uploads).size).toBe(names.length);
      expect(uploads.every((name) => name.length > 0)).toBe(true);
    }),
  );
});
