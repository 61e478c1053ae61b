// How keys of S3 are listed, with answers that a real server gives seldom.
import type { ListObjectsV2CommandInput, ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { ListedPage } from '../../../src/core/listing';
import { S3Source } from '../../../src/storage/s3';
import { signal } from '../support';

type Answer = Partial<ListObjectsV2CommandOutput> | Error;

/** A source whose server gives these answers, and what it was asked. */
function answering(...answers: Answer[]) {
  const asked: ListObjectsV2CommandInput[] = [];
  const send = ({ input }: { input: ListObjectsV2CommandInput }) => {
    asked.push(input);
    const answer = answers.shift();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const source = new S3Source({ client: { send } as unknown as S3Client, allowed: ['s3://inbox/2026/'] });
  const pages = async (from = 's3://inbox/2026', after?: string) => {
    const all: ListedPage[] = [];
    for await (const page of source.list(from, { after, signal })) all.push(page);
    return all;
  };
  const entries = async (from?: string, after?: string) => (await pages(from, after)).flatMap(({ entries }) => entries);
  return { asked, pages, entries, source };
}

const objects = (...keys: string[]) => keys.map((Key) => ({ Key, Size: 1, ETag: `"${Key.length}"` }));

test('pages follow one another by their tokens, each with what was listed', async () => {
  const { asked, pages } = answering(
    { Contents: objects('2026/a', '2026/b'), IsTruncated: true, NextContinuationToken: 't1' },
    { Contents: objects('2026/c'), IsTruncated: true, NextContinuationToken: 't2' },
    { Contents: [], IsTruncated: false },
  );
  const all = await pages();
  expect(all.map(({ entries }) => entries.map(({ path }) => path))).toEqual([['a', 'b'], ['c']]);
  const common = { Bucket: 'inbox', Prefix: '2026/', EncodingType: 'url' };
  expect(asked).toEqual([
    { ...common, StartAfter: undefined },
    { ...common, ContinuationToken: 't1' },
    { ...common, ContinuationToken: 't2' },
  ]);
});

test('a listing goes on behind a path', async () => {
  const { asked, entries } = answering({ Contents: objects('2026/b/c') });
  expect(await entries('s3://inbox/2026/', 'b/a')).toHaveLength(1);
  expect(asked).toMatchObject([{ Prefix: '2026/', StartAfter: '2026/b/a' }]);
});

test('an entry has its key as it is, its size, and its ETag for a version', async () => {
  const Contents = [
    { Key: '2026/a b#1 50%.pdf', Size: 3, ETag: '"e1"' },
    { Key: '2026/b', Size: 4, LastModified: new Date(5) },
    { Key: '2026/c' },
  ];
  expect(await answering({ Contents }).entries()).toEqual([
    { ref: 's3://inbox/2026/a b#1 50%.pdf', path: 'a b#1 50%.pdf', bytes: 3, version: 'e1' },
    { ref: 's3://inbox/2026/b', path: 'b', bytes: 4, version: '4-5' },
    { ref: 's3://inbox/2026/c', path: 'c', bytes: undefined, version: undefined },
  ]);
});

test('keys that a server says to have encoded are decoded, and others are not', async () => {
  const Contents = objects('2026/a+b', '2026/a%2Bc%0A%25.pdf');
  const paths = async (answer: Answer) => (await answering(answer).entries()).map(({ path }) => path);
  expect(await paths({ Contents, EncodingType: 'url' })).toEqual(['a b', 'a+c\n%.pdf']);
  expect(await paths({ Contents: Contents.reverse() })).toEqual(['a%2Bc%0A%25.pdf', 'a+b']);
});

test('keys that stand for folders are no entries, and keys that no reference leads to are told', async () => {
  const Contents = objects(
    '2026/',
    '2026/../x',
    '2026/./',
    '2026/a\0',
    '2026/sub/',
    '2026/sub/..',
    '2026/sub/..x',
    '2026/sub/.x',
  );
  expect(await answering({ Contents }).entries()).toMatchObject([
    { path: '../x', leftOut: 'badName' },
    { path: 'a\0', leftOut: 'badName' },
    { path: 'sub/..', leftOut: 'badName' },
    { path: 'sub/..x', ref: 's3://inbox/2026/sub/..x' },
    { path: 'sub/.x', ref: 's3://inbox/2026/sub/.x' },
  ]);
});

test('keys in the order of their UTF-8 are taken', async () => {
  expect(await answering({ Contents: objects('2026/\uffff', '2026/𠀋') }).entries()).toHaveLength(2);
});

test.each<[string, Answer[], string | undefined, RegExp]>([
  ['keys in no order', [{ Contents: objects('2026/b', '2026/a') }], undefined, /lists keys in no fixed order/],
  ['a key twice', [{ Contents: objects('2026/a', '2026/a') }], undefined, /lists keys in no fixed order/],
  ['keys in the order of UTF-16', [{ Contents: objects('2026/𠀋', '2026/\uffff') }], undefined, /in no fixed order/],
  [
    'a second page that is the first',
    [1, 2].map(() => ({ Contents: objects('2026/a'), IsTruncated: true, NextContinuationToken: 't' })),
    undefined,
    /in no fixed order/,
  ],
  [
    'keys from the start, though asked to go on',
    [{ Contents: objects('2026/a', '2026/b', '2026/c') }],
    'b',
    /in no fixed order/,
  ],
  ['keys of another folder', [{ Contents: objects('2027/a') }], undefined, /in no fixed order/],
  [
    'a key whose code is broken',
    [{ Contents: objects('2026/100%.pdf'), EncodingType: 'url' }],
    undefined,
    /in no fixed order/,
  ],
  ['no token', [{ Contents: objects('2026/a'), IsTruncated: true }], undefined, /without the token of the next one/],
])('a server that answers %s is told for good', async (_, answers, after, message) => {
  const error: unknown = await answering(...answers)
    .entries(undefined, after)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'UnstructuredStorageError', details: { kind: 'lasting' } });
  expect((error as Error).message).toMatch(/^Folder s3:\/\/inbox\/2026 can't be listed: its server/);
  expect((error as Error).message).toMatch(message);
});

test.each<[string, string]>([
  ['s3://inbox/', 'it is not under an allowed prefix'],
  ['s3://inbox/20', 'it is not under an allowed prefix'],
  ['s3://other/2026/', 'it is not under an allowed prefix'],
  ['s3://inbox/2026/../', 'it is not of the form s3://bucket/folder/'],
  ['s3:///2026/', 'it is not of the form s3://bucket/folder/'],
])('%s is refused before anything is asked', async (from, why) => {
  const { asked, entries } = answering();
  await expect(entries(from)).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: `Folder ${from} can't be listed: ${why}`,
    retryable: false,
  });
  expect(asked).toEqual([]);
});

test.each<[string, object, object]>([
  [
    'a refused right',
    { name: 'AccessDenied', $metadata: { httpStatusCode: 403, requestId: 'R1' } },
    { kind: 'lasting', status: 403, code: 'AccessDenied', requestId: 'R1' },
  ],
  [
    'a missing bucket',
    { name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } },
    { kind: 'lasting', status: 404, code: 'NoSuchBucket' },
  ],
  [
    'a server that is too busy',
    { name: 'SlowDown', $metadata: { httpStatusCode: 503 } },
    { kind: 'passing', status: 503, code: 'SlowDown' },
  ],
  [
    'an expired credential',
    { name: 'ExpiredToken', $metadata: { httpStatusCode: 400 } },
    { kind: 'credential', status: 400, code: 'ExpiredToken' },
  ],
  ['no answer', { name: 'Error', code: 'ECONNRESET' }, { kind: 'passing', code: 'ECONNRESET' }],
])('%s is told as what it is, behind what was listed', async (_, error, details) => {
  const first = { Contents: objects('2026/a'), IsTruncated: true, NextContinuationToken: 't' };
  const { source } = answering(first, Object.assign(new Error('told'), error));
  const pages = source.list('s3://inbox/2026/', { after: undefined, signal });
  expect((await pages.next()).value).toMatchObject({ entries: [{ path: 'a' }] });
  await expect(pages.next()).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: expect.stringMatching(/^Folder s3:\/\/inbox\/2026\/ could not be listed: told/),
    details,
  });
});

test('a listing that is cancelled ends with the reason', async () => {
  const stop = new AbortController();
  const send = (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
    stop.abort(new Error('cancelled'));
    return Promise.reject(
      Object.assign(new Error('Request aborted'), { name: abortSignal.aborted ? 'AbortError' : 'Error' }),
    );
  };
  const source = new S3Source({ client: { send } as unknown as S3Client, allowed: ['s3://inbox/'] });
  const pages = source.list('s3://inbox/', { after: undefined, signal: stop.signal });
  await expect(pages.next()).rejects.toThrow('cancelled');
});
