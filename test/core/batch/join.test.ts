import { expect, test } from 'vitest';
import type { RunJobsInput } from '../../../src/core/batch/input';
import { batchDigest, memoOfBatch, refuseOtherBatch } from '../../../src/core/batch/join';

const GOOD: RunJobsInput = {
  start: { templateId: 'hi_res_partition' },
  documents: { from: 's3://inbox/' },
  outputs: { to: 's3://out/' },
};

const digest = (input: object) => batchDigest({ ...GOOD, ...input });

test('the digest tells what is asked for, whatever the defaults are, and nothing else', () => {
  const same = [
    {},
    { parallel: 9 },
    { tolerated: 0.1 },
    { runLimit: '1 hour' },
    { account: 'default' },
    { outputs: { parallel: 3, to: 's3://out/' } },
    { perJob: null },
    { whenBusy: 'fail' },
  ];
  expect(new Set(same.map(digest)).size).toBe(1);
  expect(digest({ documents: { match: '*', from: 's3://inbox/' } })).toBe(
    digest({ documents: { from: 's3://inbox/', match: '*' } }),
  );
  const link = (signature: string) => ({
    documents: [
      {
        ref: `https://bucket.s3.amazonaws.com/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${signature}&X-Amz-Date=20261129T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`,
      },
    ],
  });
  expect(digest(link('aa'))).toBe(digest(link('bb')));
  const others = [
    {},
    { documents: { from: 's3://inbox/b/' } },
    { documents: { from: 's3://inbox/', match: '*.pdf' } },
    { documents: [{ ref: 's3://inbox/' }] },
    {
      documents: [
        { ref: 's3://inbox/', identity: null },
        { ref: 's3://inbox/a', identity: null },
      ],
    },
    {
      documents: [
        { ref: 's3://inbox/', identity: null },
        { ref: 's3://inbox/b', identity: null },
      ],
    },
    { documents: [{ ref: 's3://inbox/', contentType: 'text/csv' }] },
    { documents: { list: 's3://inbox/' } },
    { start: { templateId: 'other' } },
    { account: 'eu' },
    { outputs: { to: 's3://other/' } },
    { outputs: { to: 's3://out/', which: 'all' } },
    { outputs: { to: 's3://out/', name: '{stem}.json' } },
    { perJob: 9 },
    { maxJobBytes: 9 },
    { maxDocumentBytes: 9 },
    { whenBusy: 'adopt' },
    { unlessIn: 's3://out/_manifests/a/manifest.json' },
    { documents: undefined, retryFailed: 's3://out/_manifests/a/manifest.json' },
  ];
  expect(new Set(others.map(digest)).size).toBe(others.length);
});

test('neither the order of earlier manifests nor the form of a single one makes another batch', () => {
  const [a, b] = ['a', 'b'].map((key) => `s3://out/_manifests/${key}/manifest.json`) as [string, string];
  expect(digest({ unlessIn: [a, b] })).toBe(digest({ unlessIn: [b, a] }));
  expect(digest({ unlessIn: [a] })).toBe(digest({ unlessIn: a }));
});

test('a batch of something else is not joined', () => {
  const memo = memoOfBatch(GOOD);
  const other: RunJobsInput = { ...GOOD, documents: { list: 's3://inbox/other.jsonl' } };
  expect(() => refuseOtherBatch('key', memo, GOOD)).not.toThrow();
  expect(() => refuseOtherBatch('key', {}, other)).not.toThrow();
  expect(() => refuseOtherBatch('key', undefined, other)).not.toThrow();
  expect(() => refuseOtherBatch('key', memo, other)).toThrow('The key "key" has a batch of other documents or options');
});
