// What of a reference may be shown, whatever its source says: no secret of a link in disguise, and one line.
import type { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { describeDocument } from '../../src/storage/describe';
import { S3Source } from '../../src/storage/s3/source';
import { Storage } from '../../src/storage/storage';

const client = { send: () => Promise.reject(new Error('no server')) } as unknown as S3Client;
const s3 = new S3Source({ client, allowed: ['s3://other/'] });
const signal = new AbortController().signal;

test.each(['s3://inbox/a.pdf?X-Amz-Signature=abc123abc123', 's3://inbox/a.pdf?X-Amz-Credential=abc123abc123&x=1'])(
  'a presigned link under the scheme of S3 is refused without its secret: %s',
  async (ref) => {
    const storage = new Storage({ documents: { sources: { s3 } } });
    const error: unknown = await storage.openDocument(ref, { signal, maxBytes: 10 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ type: 'UnstructuredDocumentRefusedError', details: { ref: 's3://inbox/a.pdf' } });
    expect(JSON.stringify([error, String(error)])).not.toContain('abc123');
  },
);

test('a key with ? and # is shown whole', () => {
  const ref = 's3://inbox/Invoice #17?.pdf';
  expect(describeDocument(ref, s3)).toEqual({ name: 'Invoice #17?.pdf', identity: ref, shown: ref });
});

test.each([
  ['of S3', 's3://inbox/a\r\nERROR b', s3],
  ['of a source that says what may be shown', 'm:a', { describe: () => ({ shown: 'm:a\nERROR b' }) }],
])('what is shown %s forges no line', (_, ref, source) => {
  const { shown } = describeDocument(ref, source);
  expect(shown).toContain('%0A');
  expect(shown).not.toMatch(/[\r\n]/);
});
