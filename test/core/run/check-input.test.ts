// The edges of a run's input: what is just good, and what is just not.
import { describe, expect, it, test } from 'vitest';
import { keyOfAttempt } from '../../../src/core/batch/plan';
import { checkBatchKey } from '../../../src/core/batch/check-input';
import { checkDocuments, checkKey, checkOutputs, checkJobToStart } from '../../../src/core/run/check-input';
import { JOB_ID } from '../fixtures';

const REF = 'file:///a.pdf';

describe('a start', () => {
  it.each([{ templateId: 'a' }, { jobNodes: [{}] }, { workflowId: JOB_ID }])('may be %j', (start) => {
    expect(checkJobToStart(start as never)).toEqual(start);
  });

  it('may leave the others null', () => {
    expect(checkJobToStart({ templateId: 'a', workflowId: null } as never)).toEqual({ templateId: 'a' });
  });

  it.each([
    [{ templateId: '' }, '{ templateId: "" }'],
    [{ templateId: 7 }, '{ templateId: 7 }'],
    [{ jobNodes: [] }, '{ jobNodes: an array }'],
    [{ jobNodes: {} }, '{ jobNodes: object }'],
    [{ jobNodes: [{}, null] }, '{ jobNodes: an array }'],
    [{ workflowId: 'nightly' }, '{ workflowId: "nightly" }'],
    [{ template: 'a' }, '{ template: string }'],
    [{ template: JOB_ID }, '{ template: string }'],
    [{ templateId: 'a', jobNodes: [{}] }, '{ templateId: "a", jobNodes: an array }'],
    [{}, '{}'],
    [[], 'an array'],
    [null, 'null'],
    ['a', 'string'],
  ])('may not be %j', (start, shown) => {
    expect(() => checkJobToStart(start as never)).toThrow(
      `Option start must be { templateId: 'name' }, { jobNodes: [node, …] } or { workflowId: a uuid }; got ${shown}.`,
    );
  });
});

describe('documents', () => {
  it.each([
    { ref: REF },
    { ref: REF, name: 'b.pdf' },
    { ref: REF, contentType: 'text/plain' },
    { ref: REF, path: '2026/a.pdf' },
  ])('may be %j', (document) => {
    expect(checkDocuments([document, document], 2)).toEqual([document, document]);
  });

  it.each([
    [{}, 'Option documents[1].ref must be the URL of a document; got undefined.'],
    [{ ref: '' }, 'Option documents[1].ref must be'],
    [{ ref: 7 }, 'Option documents[1].ref must be the URL of a document; got number.'],
    [{ ref: REF, name: '' }, 'Option documents[1].name must be a string that is not empty; got "".'],
    [{ ref: REF, identity: '' }, 'Option documents[1].identity must be a string that is not empty; got "".'],
    [
      { ref: REF, identity: { secret: 1 } },
      'Option documents[1].identity must be a string that is not empty; got object.',
    ],
    [{ ref: REF, path: '' }, 'Option documents[1].path must be a string that is not empty; got "".'],
    [{ ref: REF, path: ['a'] }, 'Option documents[1].path must be a string that is not empty; got ["a"].'],
    [{ ref: REF, contentType: 7 }, 'Option documents[1].contentType must be a media type'],
    [{ ref: REF, content_type: 'text/plain' }, 'Unknown option documents[1].content_type; known are ref, name, '],
    [null, "Option documents[1] must be { ref: 'a URL', name?, identity?, path?, contentType? }; got null."],
    [REF, 'Option documents[1] must be'],
    [[REF], 'Option documents[1] must be'],
  ])('may not be %j', (document, message) => {
    expect(() => checkDocuments([{ ref: REF }, document as never], 2)).toThrow(message);
  });

  it.each([
    'application/pdf',
    'image/svg+xml',
    'text/plain; charset=utf-8',
    'text/plain;charset="utf-8" ; format=flowed',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ])('may have the type %j', (contentType) => {
    expect(checkDocuments([{ ref: REF, contentType }], 1)).toEqual([{ ref: REF, contentType }]);
  });

  it.each([
    '',
    'pdf',
    'text/',
    '/plain',
    'text/plain;',
    'text/plain\r\nx-more: 1',
    'text/plain; a="b\r\nc"',
    'text/plain; a="b"c"',
    'text/plain\n',
    'text/plän',
  ])('may not have the type %j, which becomes part of a header', (contentType) => {
    expect(() => checkDocuments([{ ref: REF, contentType }], 1)).toThrow(
      `Option documents[0].contentType must be a media type, such as 'application/pdf'; got ${JSON.stringify(contentType)}.`,
    );
  });
});

describe('outputs', () => {
  const to = 'file:///out';
  it('have a default for all but the place', () => {
    expect(checkOutputs({ to })).toEqual({ to, which: 'final', onLost: 'fail', parallel: 8 });
  });

  it.each([{ name: '{stem}.json' }, { which: 'all' }, { onLost: 'return' }, { parallel: 1 }, { parallel: 64 }])(
    'take %j',
    (option) => {
      expect(checkOutputs({ to, ...option } as never)).toMatchObject(option);
    },
  );

  it.each([
    [{ to: '' }, 'Option outputs.to must be the URL of a folder or prefix; got "".'],
    [{ to: 7 }, 'Option outputs.to must be the URL of a folder or prefix; got number.'],
    [{}, 'Option outputs.to must be the URL of a folder or prefix; got undefined.'],
    [[], "Option outputs must be { to: 'a URL', name?, which?, parallel?, … }; got an array."],
    [to, "Option outputs must be { to: 'a URL', name?, which?, parallel?, … }; got string."],
    [{ to, name: 7 }, "Option outputs.name must be a template such as '{path}/{stem}.json' of {path}, "],
    [{ to, name: '{name}.json' }, '{node}, {hash}; got "{name}.json": {name} is not one of these.'],
    [{ to, name: '{stem}.json', which: 'all' }, '{node} or {hash}'],
    [{ to, which: 'last' }, "Option outputs.which must be 'final' or 'all'; got \"last\"."],
    [{ to, onLost: 'skip' }, "Option outputs.onLost must be 'fail' or 'return'; got \"skip\"."],
    [{ to, parallel: 65 }, 'Option outputs.parallel must be a whole number from 1 to 64; got 65.'],
    [{ to, parallel: 1.5 }, 'Option outputs.parallel must be a whole number from 1 to 64; got 1.5.'],
    [{ to, sync: true }, 'Unknown option outputs.sync; known are to, name, which, onLost, parallel.'],
  ])('refuse %j', (outputs, message) => {
    expect(() => checkOutputs(outputs as never)).toThrow(message);
  });
});

test.each([
  [undefined, 'undefined'],
  ['', '""'],
  [7, '7'],
  ['say "hi"', String.raw`"say \"hi\""`],
  ['C:\\inbox', String.raw`"C:\\inbox"`],
  ['two\nlines', String.raw`"two\nlines"`],
  ['a\x9fb', '"a\x9fb"'],
])('a key may not be %j', (key, shown) => {
  expect(() => checkKey(key)).toThrow(
    `Option key must be a string that is not empty, without ", \\ and control characters; got ${shown}.`,
  );
});

test.each(["it's", 'a/b', 'Köln 2026', '50%', '文書'])('a key may be %j', (key) => {
  expect(() => checkKey(key)).not.toThrow();
});

test.each([
  ['a run', checkKey, 1_000],
  ['a batch, whose runs have longer ones', checkBatchKey, 990],
] as const)('the key of %s is at most as long as Temporal accepts, in bytes', (_whose, check, most) => {
  for (const start of ['', 'ü'.repeat(200), '鍵'.repeat(300)]) {
    const longest = start.padEnd(start.length + most - Buffer.byteLength(start), 'k');
    check(longest);
    expect(() => check(`${longest}k`)).toThrow(`Option key is longer than ${most} bytes.`);
  }
  expect(Buffer.byteLength(keyOfAttempt('k'.repeat(990), 50_000, 100))).toBe(1_000);
});
