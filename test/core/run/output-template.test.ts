// The template of names: what it may hold, and what it is filled with of a document.
import { describe, expect, it, test } from 'vitest';
import {
  checkTemplate,
  documentPath,
  isNamedBy,
  PLACEHOLDERS,
  templateError,
  toNamedDocument,
} from '../../../src/core/run/output-template';

describe('a template', () => {
  it.each([
    '{stem}',
    '{path}/{stem}.json',
    '{path}/{stem}.{ext}.json',
    '{ext}/{path}/{stem}/result.json',
    'parsed/{fileId}.json',
    '{hash}',
    'Größe 1/漢字 {stem} (v2).json',
    `${'x'.repeat(114)}{stem}`,
  ])('may be %s', (template) => expect(templateError(template, 'final')).toBeUndefined());

  it.each([
    ['', 'it has an empty part'],
    ['/{stem}.json', 'it has an empty part'],
    ['{path}//{stem}.json', 'it has an empty part'],
    ['{stem}/', 'it has an empty part'],
    ['{name}.json', '{name} is not one of these'],
    ['{Stem}.json', '{Stem} is not one of these'],
    ['{stem }.json', '{stem } is not one of these'],
    ['{}.json', '{} is not one of these'],
    ['{{stem}}.json', '{ is not one of these'],
    ['{stem.json', '{ is not one of these'],
    ['{stem}}.json', '} is not one of these'],
    ['../{stem}.json', 'a part begins with a dot, or ends with a dot or a space'],
    ['./{stem}.json', 'a part begins with a dot, or ends with a dot or a space'],
    ['.{stem}.json', 'a part begins with a dot, or ends with a dot or a space'],
    ['{stem}.', 'a part begins with a dot, or ends with a dot or a space'],
    ['a /{stem}', 'a part begins with a dot, or ends with a dot or a space'],
    ['a\\{stem}', 'it holds a control character or one of " * : < > ? \\ |'],
    ['C:/{stem}', 'it holds a control character or one of " * : < > ? \\ |'],
    ['{stem}?.json', 'it holds a control character or one of " * : < > ? \\ |'],
    ['{stem}\0.json', 'it holds a control character or one of " * : < > ? \\ |'],
    ['{stem}\n', 'it holds a control character or one of " * : < > ? \\ |'],
    ['{stem}\ud800', 'it holds a control character or one of " * : < > ? \\ |'],
    ['nul/{stem}.json', 'a part is a reserved name'],
    ['{stem}/CON.json', 'a part is a reserved name'],
    ['_manifests/{stem}.json', 'a part is a reserved name'],
    [`${'x'.repeat(115)}{stem}`, 'it is longer than 120 bytes'],
    [`${'漢'.repeat(39)}{stem}`, 'it is longer than 120 bytes'],
    ['a-{path}/{stem}.json', '{path} stands for folders, between slashes'],
    ['{stem}-{path}', '{path} stands for folders, between slashes'],
    ['{stem}/{path}', 'it ends with {path}, which names no file'],
    ['out.json', 'it holds none of {stem}, {fileId} and {hash}'],
    ['{path}/{ext}.json', 'it holds none of {stem}, {fileId} and {hash}'],
  ])('may not be %j', (template, error) => {
    expect(templateError(template, 'final')).toBe(error);
    expect(() => checkTemplate('outputs.name', template, 'final')).toThrow(
      `Option outputs.name must be a template such as '{path}/{stem}.json' of {path}, {stem}, {ext}, {fileId}, {node}, {hash}; got `,
    );
  });

  it.each([[undefined], [null], [7], [{}]])('may not be %j, which is no text', (template) => {
    expect(() => checkTemplate('outputs.name', template, 'final')).toThrow('it is not a string.');
  });

  it("must tell a file's outputs apart where it has several", () => {
    for (const template of ['{stem}.json', '{fileId}.json'])
      expect(templateError(template, 'all')).toContain('it must hold {node} or {hash}');
    for (const template of ['{stem}/{node}.json', '{hash}.json'])
      expect(templateError(template, 'all')).toBeUndefined();
  });

  it('names the files of documents, and those of no document where it needs none', () => {
    const needy = PLACEHOLDERS.filter((name) => !isNamedBy(`{${name}}`, {}));
    expect(needy).toEqual(['path', 'stem', 'ext']);
    expect(PLACEHOLDERS.every((name) => isNamedBy(`{${name}}`, { path: 'a.pdf' }))).toBe(true);
    expect(isNamedBy(undefined, { path: 'a.pdf' })).toBe(false);
  });
});

describe('a document is where', () => {
  it.each([
    ['its path says', { ref: 's3://inbox/2026/11/a.pdf', name: 'b.pdf', path: '11/a.pdf' }, '11/a.pdf'],
    ['its name says', { ref: 's3://inbox/2026/11/a.pdf', name: 'b.pdf' }, 'b.pdf'],
    ['its reference says, by the last part alone', { ref: 's3://inbox/2026/11/a b%20#1.pdf' }, 'a b%20#1.pdf'],
    ['its link says, decoded', { ref: 'https://host/2026/a%20b.pdf?sig=secret' }, 'a b.pdf'],
    ['its name says, which is no folder', { ref: 'https://host/a%2Fb.pdf' }, 'a_b.pdf'],
  ])('%s', (_, document, path) => expect(documentPath(document)).toBe(path));
});

test('a document is told by its identity, of which its names hold no more than a hash', () => {
  const hashOf = (ref: string, identity?: string) => toNamedDocument({ ref, identity }).hash;
  expect(hashOf('s3://a/b.pdf')).toMatch(/^[0-9a-f]{16}$/);
  expect(hashOf('s3://a/b.pdf')).not.toBe(hashOf('s3://b/b.pdf'));
  expect(hashOf('box://1?ticket=1', 'box 1')).toBe(hashOf('box://1?ticket=2', 'box 1'));
});
