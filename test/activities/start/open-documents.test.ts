// A start opens every document and holds its first bytes before anything goes out: what passes is waited for, what lasts is refused by name.
import { ApplicationFailure } from '@temporalio/common';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UnstructuredDocumentRefusedError } from '../../../src/core/document';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import type { DocumentSource } from '../../../src/storage/source';
import { type Fault, faults } from '../../../src/testing';
import { failure, perform, withStorage } from '../support';

const CREATE = 'unstructured.createJob';
const jobToStart = { templateId: 't' };
const maxDocumentBytes = 1_000;

type Step = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

// eslint-disable-next-line @typescript-eslint/require-await
async function* text(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

/** A document whose stream fails at its first byte. */
const failing = (error: unknown): Step =>
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* () {
    throw error;
  };

/** A source whose documents do, each time they are opened, what comes next; the last step again and again. */
function stepping(steps: Record<string, Step[]>, describe?: DocumentSource['describe']) {
  const opened: string[] = [];
  const source: DocumentSource = {
    open(ref, { signal }) {
      const name = ref.slice('m:'.length).split('?')[0]!;
      const [step, ...rest] = steps[name]!;
      opened.push(name);
      if (rest.length > 0) steps[name] = rest;
      return Promise.resolve({ bytes: undefined, stream: () => step!(signal) });
    },
    ...(describe && { describe }),
  };
  return { source, opened };
}

async function starting(steps: Record<string, Step[]>, more: { onRefused?: 'fail' | 'skip'; refs?: string[] } = {}) {
  const { source, opened } = stepping(steps);
  const world = await withStorage({}, { sources: { m: source } });
  const refs = more.refs ?? Object.keys(steps).map((name) => `m:${name}`);
  const documents = refs.map((ref, index) => ({ ref, uploadName: `token-${index}-x.txt` }));
  const { onRefused } = more;
  const start = () =>
    perform(world.activities, CREATE, {
      start: jobToStart,
      documents,
      maxDocumentBytes,
      ...(onRefused && { onRefused }),
    });
  return { ...world, start, opened };
}

const passing = new UnstructuredStorageError('busy', {
  kind: 'passing',
  status: 503,
  code: 'SlowDown',
  requestId: 'R1',
});
const lasting = new UnstructuredStorageError('archived', { kind: 'lasting', status: 403, code: 'InvalidObjectState' });
const credential = new UnstructuredStorageError('expired', { kind: 'credential', status: 400, code: 'ExpiredToken' });

test.each([
  ['one passing error', passing],
  ['one error that says nothing', new Error('odd')],
  ['what is no error', 'odd'],
])('%s at the first byte is waited for, and other documents are opened once', async (_, error) => {
  const { api, start, opened } = await starting({ once: [() => text('a')], twice: [failing(error), () => text('b')] });
  expect(await start()).toMatchObject({ started: true });
  expect(opened).toEqual(['once', 'twice', 'twice']);
  expect(api.jobs[0]!.uploads.map(({ bytes }) => bytes)).toEqual([1, 1]);
});

test('a document is read from its first byte to its last, once', async () => {
  const { api, start, opened } = await starting({ a: [() => text('', 'one', '', 'two')] });
  await start();
  expect(opened).toEqual(['a']);
  expect(api.jobs[0]!.uploads[0]!.bytes).toBe(6);
});

test('what goes on passing is told as a start that was never sent, with what was answered', async () => {
  const { api, start } = await starting({ a: [failing(passing)] });
  const { message, details, nonRetryable } = await failure('UnstructuredConnectionError', start());
  expect(message).toContain('Document m:a could not be opened: busy [status 503, SlowDown, request R1]');
  expect(details).toMatchObject([{ notSent: true, status: 503, code: 'SlowDown', requestId: 'R1' }]);
  expect([nonRetryable, api.jobs]).toEqual([false, []]);
});

const unknownHost = Object.assign(new Error('getaddrinfo ENOTFOUND files.example'), { code: 'ENOTFOUND' });
const noAnswer = Object.assign(new Error('getaddrinfo EAI_AGAIN files.example'), { code: 'EAI_AGAIN' });

test.each<[string, Fault[]]>([
  ['answers', []],
  ['refuses', [faults.status(500)]],
])('it is told which host is unknown where no document can be had, and the API %s', async (_, list) => {
  const { api, start } = await starting({ a: [failing(unknownHost)], b: [failing(noAnswer)] });
  if (list.length > 0) api.addFaults([[{ operation: 'listJobs' }, ...list]]);
  const { details } = await failure('UnstructuredConnectionError', start());
  expect(details?.[1]).toMatchObject({ broken: [{ index: 0, ref: 'm:a', reason: 'notReadable', code: 'ENOTFOUND' }] });
});

test.each<[string, unknown, Fault[]]>([
  ['the API can not be reached', unknownHost, [faults.reset()]],
  ['the name can not be looked up', noAnswer, []],
  ['a proxy refuses', Object.assign(new Error('no tunnel'), { code: 'UND_ERR_ABORTED' }), []],
])('nothing is told of it where %s', async (_, error, list) => {
  const { api, start } = await starting({ a: [failing(error)] });
  if (list.length > 0) api.addFaults([[{ operation: 'listJobs' }, ...list]]);
  expect((await failure('UnstructuredConnectionError', start())).details).toHaveLength(1);
});

test('the unknown host of a document is found where another error wraps it', async () => {
  const { start } = await starting({ a: [failing(new TypeError('fetch failed', { cause: unknownHost }))] });
  const { details } = await failure('UnstructuredConnectionError', start());
  expect(details?.[1]).toMatchObject({ broken: [{ index: 0, ref: 'm:a', code: 'ENOTFOUND' }] });
});

test.each([
  ['as a cause', new Error('page 3 failed', { cause: lasting }), 'archived [status 403, InvalidObjectState]'],
  ['of several', new AggregateError([lasting], 'no mirror has it'), 'archived [status 403, InvalidObjectState]'],
  ['by a failure of Temporal', ApplicationFailure.nonRetryable('never ever'), 'never ever'],
])('what lasts is refused at once where a source says so %s', async (_, error, message) => {
  const { start, opened } = await starting({ a: [failing(error)] });
  const { details } = await failure('UnstructuredDocumentRefusedError', start());
  expect(details).toMatchObject([{ refused: [{ reason: 'notReadable' }] }]);
  expect(JSON.stringify(details)).toContain(message);
  expect(opened).toEqual(['a']);
});

test('what a source says comes in one line', async () => {
  const error = new UnstructuredStorageError('no\n2026-12-01 ERROR forged \u202e\u2028line', { kind: 'lasting' });
  const { start } = await starting({ a: [failing(error)], b: [failing(new Error('odd\r\n\u009b31m'))] });
  const { message } = await failure('UnstructuredDocumentRefusedError', start());
  expect(message).toContain('no 2026-12-01 ERROR forged line');
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});

test('it is told which documents cannot be had for now, where others can', async () => {
  const { start } = await starting({
    good: [() => text('a')],
    bad: [failing(new UnstructuredStorageError('broken', { kind: 'passing', status: 500, requestId: 'R1' }))],
    odd: [failing(new Error('odd'))],
  });
  const { details } = await failure('UnstructuredConnectionError', start());
  const message = 'Document m:bad was refused: it could not be opened: broken [status 500, request R1]';
  expect(details?.[1]).toMatchObject({ broken: [{ index: 1, ref: 'm:bad', status: 500, message }, { index: 2 }] });
});

test.each([
  ['too many open files', Object.assign(new Error('too many open files'), { code: 'EMFILE' })],
  ['a storage that asks for fewer requests', passing],
  ['the same by 429', new UnstructuredStorageError('busy', { kind: 'passing', status: 429 })],
])('%s meet the last documents each time, and say nothing of these', async (_, error) => {
  const { start } = await starting({
    good: [() => text('a')],
    last: [failing(error)],
    bad: [failing(new Error('odd'))],
  });
  const { details } = await failure('UnstructuredConnectionError', start());
  const { broken } = details?.[1] as { broken: { index: number }[] };
  expect(broken.map(({ index }) => index)).toEqual([2]);
});

test('where none can be had, it is their storage that is out', async () => {
  const { start } = await starting(
    { a: [failing(passing)], empty: MANY.empty, b: [failing(passing)] },
    { onRefused: 'skip' },
  );
  const { details } = await failure('UnstructuredConnectionError', start());
  expect(details).toHaveLength(1);
});

test.each<[string, unknown, string, object]>([
  ['a lasting error', lasting, 'notReadable', { status: 403, code: 'InvalidObjectState' }],
  ['one of another copy of this package', shapeOf(lasting), 'notReadable', { status: 403 }],
  ['a refusal', new UnstructuredDocumentRefusedError('m:bad', 'notFound', 'none'), 'notFound', {}],
  [
    'a refusal of another copy',
    shapeOf(new UnstructuredDocumentRefusedError('m:bad', 'notFound', 'none')),
    'notFound',
    {},
  ],
  ['a refused credential', credential, 'credentialRefused', { status: 400, code: 'ExpiredToken' }],
])('%s is a refusal, by its reason and what was answered, and nothing is sent', async (_, error, reason, answer) => {
  const { api, start, opened } = await starting({ good: [() => text('a')], bad: [failing(error)] });
  const { message, details } = await failure('UnstructuredDocumentRefusedError', start());
  expect(message).toContain('Document m:bad was refused: ');
  const refused = { ref: 'm:bad', reason, ...answer };
  expect(details).toMatchObject([{ ...refused, refused: [{ index: 1, ...refused }], refusedTotal: 1 }]);
  expect([opened, api.jobs]).toEqual([['good', 'bad'], []]);
});

/** As an error looks that was made elsewhere. */
function shapeOf(error: Error): object {
  const { name, message } = error;
  return { ...(error as object), name, message };
}

const MANY = {
  a: [() => text('a')],
  gone: [failing(new UnstructuredDocumentRefusedError('m:gone', 'notFound', 'there is none'))],
  b: [() => text('b')],
  empty: [() => text('', '')],
  large: [() => text('x'.repeat(maxDocumentBytes + 1))],
};

test('all that are refused are named at once', async () => {
  const { api, start } = await starting({ ...MANY });
  const { message, details } = await failure('UnstructuredDocumentRefusedError', start());
  expect(message).toMatch(/^3 of 5 documents were refused: \[1\] .*m:gone.*\[3\] .*m:empty.*\[4\] .*m:large/);
  const refused = [
    [1, 'notFound'],
    [3, 'empty'],
    [4, 'tooLarge'],
  ].map(([index, reason]) => ({ index, reason }));
  expect(details).toMatchObject([{ ref: 'm:gone', reason: 'notFound', refused, refusedTotal: 3 }]);
  expect(api.jobs).toEqual([]);
});

test('with onRefused: skip the others are sent, and the answer tells what was left out', async () => {
  const { api, start } = await starting({ ...MANY }, { onRefused: 'skip' });
  const answer = await start();
  expect(answer).toMatchObject({ started: true, skipped: [{ index: 1 }, { index: 3 }, { index: 4 }] });
  expect(api.jobs[0]!.uploads.map(({ name }) => name)).toEqual(['token-0-x.txt', 'token-2-x.txt']);
});

test('where none is left, nothing is sent, skipped or not', async () => {
  const { gone, empty } = MANY;
  const { api, start } = await starting({ gone, empty }, { onRefused: 'skip' });
  await failure('UnstructuredDocumentRefusedError', start());
  expect(api.jobs).toEqual([]);
});

test('a lasting refusal is told also where another document may be had later', async () => {
  const { start } = await starting({ busy: [failing(passing)], gone: MANY.gone });
  const { details } = await failure('UnstructuredDocumentRefusedError', start());
  expect(details).toMatchObject([{ refusedTotal: 1, refused: [{ index: 1 }] }]);
});

test('no failure tells a secret of a reference', async () => {
  const error = () => new UnstructuredStorageError('no m:a?sig=s3cr3t here', { kind: 'lasting' });
  const { start } = await starting({ a: [failing(error())] }, { refs: ['m:a?sig=s3cr3t'] });
  const told = await failure('UnstructuredDocumentRefusedError', start());
  expect(JSON.stringify([told.message, told.details])).not.toContain('s3cr3t');
});

test('a document has the name that its source gives it, and is shown as its source says', async () => {
  const describe: DocumentSource['describe'] = (ref) => ({ name: 'Invoice #17.html', shown: `[${ref.length}]` });
  const { source } = stepping({ good: [() => text('a')], bad: [failing(lasting)] }, describe);
  const { api, activities } = await withStorage({}, { sources: { m: source } });
  const document = { uploadName: 'token-0-good', prefix: 'token-0-' };
  await perform(activities, CREATE, {
    start: jobToStart,
    documents: [{ ref: 'm:good', ...document }],
    maxDocumentBytes,
  });
  expect(api.jobs[0]!.uploads[0]).toMatchObject({ name: 'token-0-Invoice #17.html', contentType: 'text/html' });
  const bad = perform(activities, CREATE, {
    start: jobToStart,
    documents: [{ ref: 'm:bad', ...document }],
    maxDocumentBytes,
  });
  expect((await failure('UnstructuredDocumentRefusedError', bad)).message).toContain('Document [5] was refused');
});

test('files whose names are too long are refused by their code', async () => {
  const { activities, inbox, inboxUrl } = await withStorage();
  await writeFile(join(inbox, 'a.pdf'), 'a');
  const documents = ['a.pdf', `${'x'.repeat(300)}.pdf`].map((name) => ({
    ref: `${inboxUrl}/${name}`,
    uploadName: name,
  }));
  const { details } = await failure(
    'UnstructuredDocumentRefusedError',
    perform(activities, CREATE, { start: jobToStart, documents, maxDocumentBytes }),
  );
  expect(details).toMatchObject([{ reason: 'notFound', code: 'ENAMETOOLONG', refused: [{ index: 1 }] }]);
});
