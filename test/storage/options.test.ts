// Options of the storage are checked at once, and the error names the option and the value.
import { expect, test } from 'vitest';
import { guessContentType } from '../../activities/start/documents';
import type { StorageOptions } from '../../src/storage/options';
import { outputName } from '../../src/storage/output-name';
import { type S3Options, S3Sink, S3Source } from '../../src/storage/s3';
import { Storage } from '../../src/storage/storage';

const source = { open: () => Promise.reject(new Error()) };

test.each<[string, unknown, RegExp]>([
  [
    'a relative folder',
    { documents: { folders: ['inbox'] } },
    /documents.folders\[0\] must be an absolute path; got "inbox"/,
  ],
  ['a folder that is none', { outputs: { folders: [1] } }, /outputs.folders\[0\] must be an absolute path; got 1/],
  ['plain http', { documents: { origins: ['http://example.com'] } }, /documents.origins .* got "http:\/\/example.com"/],
  ...[
    'https://*.test',
    'https://*',
    'https://{a,b}.test',
    'https://a..test',
    'https://-a.test',
    'https://a-.test',
    `https://${'a'.repeat(64)}.test`,
    `https://${'a.'.repeat(128)}test`,
    'https://a.test:0',
    'https://.test',
    'https://a$.test',
  ].map((origin): [string, unknown, RegExp] => [
    `${origin.slice(0, 40)}, which no reference can match or reach`,
    { documents: { origins: ['https://files.example.com', origin] } },
    /^Option documents.origins must be a list of origins .* no patterns; got "https:/,
  ]),
  ['an origin with a path', { documents: { origins: ['https://example.com/x'] } }, /documents.origins/],
  [
    'a scheme that is ours',
    { documents: { sources: { file: source } } },
    /documents.sources: "file" is not a scheme of your own/,
  ],
  ['a scheme with a colon', { outputs: { sinks: { 's3:': source } } }, /outputs.sinks: "s3:"/],
  ['a text of storage options', 'x', /The options of the storage must be an object; got "x"/],
  ['null for a list', { outputs: { folders: null } }, /outputs.folders must be a list of absolute paths; got null/],
  [
    'an origin instead of a list',
    { documents: { origins: 'https://example.com' } },
    /documents.origins must be a list of origins; got "https:\/\/example.com"/,
  ],
  [
    'private addresses that are no switch',
    { documents: { privateAddresses: 'no' } },
    /documents.privateAddresses must be true or false; got "no"/,
  ],
  [
    'sources in a list',
    { documents: { sources: [source] } },
    /documents.sources must be an object of sources by scheme; got an array/,
  ],
  [
    'a source that is none',
    { documents: { sources: { x: 7 } } },
    /documents.sources.x must be an object with the function open; got 7/,
  ],
  [
    'a source for a sink',
    { outputs: { sinks: { s3: source } } },
    /outputs.sinks.s3 must be an object with the functions find, store; got object/,
  ],
  ['an unknown option', { document: {} }, /^Unknown option document; known are documents, outputs\.$/],
  [
    'an unknown option of documents',
    { documents: { folder: [] } },
    /Unknown option documents.folder; known are folders/,
  ],
])('%s is refused', (_, options, message) => {
  expect(() => new Storage(options as StorageOptions)).toThrow(message);
});

const SECRET = 'passw0rd';

test.each<[string, unknown]>([
  ['credentials in place of a source', { documents: { sources: { s3: { secretAccessKey: SECRET } } } }],
  ['credentials in place of sources', { documents: { sources: [{ secretAccessKey: SECRET }] } }],
  ['credentials in place of a sink', { outputs: { sinks: { s3: { secretAccessKey: SECRET } } } }],
  ['credentials in place of documents', { documents: [{ secretAccessKey: SECRET }] }],
  ['an object in place of a folder', { outputs: { folders: [{ password: SECRET }] } }],
  ['an origin with a password', { documents: { origins: [`https://user:${SECRET}@host`] } }],
  ['an origin with a password alone', { documents: { origins: [`https://:${SECRET}@host`] } }],
  ['an origin with a query', { documents: { origins: [`https://host/?token=${SECRET}`] } }],
  ['an origin with a fragment', { documents: { origins: [`https://host/#${SECRET}`] } }],
  ['an origin that is an object', { documents: { origins: [{ token: SECRET }] } }],
  ['an origin that is no list', { documents: { origins: `https://user:${SECRET}@host` } }],
])('what is refused does not tell its secrets: %s', (_, options) => {
  expect(() => new Storage(options as StorageOptions)).toThrow(
    expect.objectContaining({
      name: 'UnstructuredValidationError',
      message: expect.not.stringContaining(SECRET) as unknown,
    }) as Error,
  );
});

const client = { send: () => Promise.reject(new Error()) };

test.each<[string, unknown, RegExp]>([
  ['no options', undefined, /^The options of S3 must be an object; got undefined\.$/],
  ['an unknown option', { client, allow: ['s3://inbox/'] }, /^Unknown option allow; known are client, allowed\.$/],
  ['no client', { allowed: [] }, /^Option client must be an S3Client; got undefined\.$/],
  ['credentials for a client', { client: { secretAccessKey: SECRET }, allowed: [] }, /an S3Client; got object\.$/],
  ['no list of prefixes', { client }, /^Option allowed must be a list of prefixes; got undefined\.$/],
  [
    'a prefix that is none',
    { client, allowed: ['s3://inbox/', undefined] },
    /^Option allowed\[1\] .* got undefined\.$/,
  ],
  [
    'a prefix with a key',
    { client, allowed: ['s3://inbox/a'] },
    /^Option allowed\[0\] must be a prefix .* got "s3:\/\/inbox\/a"\.$/,
  ],
  [
    'an object for a prefix',
    { client, allowed: [{ key: SECRET }] },
    /^Option allowed\[0\] must be a prefix .* got object\.$/,
  ],
])('S3 refuses %s', (_, options, message) => {
  expect(() => new S3Source(options as S3Options)).toThrow(message);
  expect(() => new S3Sink(options as S3Options)).toThrow(message);
});

test.each(['s3://inbox/a/', 'S3://inbox/a/'])('S3 allows what is below %s', async (prefix) => {
  const message = 'the client was asked';
  const asked = { send: () => Promise.reject(new Error(message)) };
  const options = { client: asked, allowed: [prefix] } as unknown as S3Options;
  const signal = new AbortController().signal;
  for (const ref of ['s3://inbox/a/b.pdf', 'S3://inbox/a/b.pdf'])
    await expect(new S3Source(options).open(ref, { signal })).rejects.toThrow(message);
  expect(() => new S3Sink(options).check('S3://inbox/a/out/')).not.toThrow();
  expect(() => new S3Sink(options).check('s3://inbox/b/')).toThrow('not under an allowed prefix');
});

test('a source of a scheme of your own is asked', async () => {
  const storage = new Storage({
    documents: { sources: { mem: { open: (ref) => Promise.reject(new Error(`asked for ${ref}`)) } } },
  });
  const signal = new AbortController().signal;
  await expect(storage.openDocument('mem:x', { signal, maxBytes: 1 })).rejects.toThrow('asked for mem:x');
});

test('names of outputs are safe, bounded, and of one source each', () => {
  const name = (fileId: string, nodeId: string | null = null, jobId = 'J') => outputName({ jobId, fileId, nodeId });
  expect(name('a b/../c?.pdf')).toMatch(/^a_b_.._c_.pdf-[0-9a-f]{16}\.json$/);
  expect(name('..')).toMatch(/^output-/);
  expect(name('.env')).toMatch(/^env-/);
  for (const letter of ['漢', 'a', '𠀋']) expect(Buffer.byteLength(name(letter.repeat(300)))).toBeLessThan(150);
  expect(name('𠀋'.repeat(300))).toMatch(/^(𠀋){30}-[0-9a-f]{16}\.json$/u);
  expect(name('ü.pdf')).toMatch(/^ü\.pdf-/);
  const all = [name('a'), name('A'), name('a', 'n1'), name('a', 'n2'), name('a', null, 'K'), name('a/b'), name('a?b')];
  expect(new Set(all.map((text) => text.toLowerCase())).size).toBe(all.length);
  expect(name('a', null, 'j')).toBe(name('a', null, 'J'));
});

test.each([
  ['a.pdf', 'application/pdf'],
  ['a.DOCX', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['a.html', 'text/html'],
  ['README', undefined],
])('%s is %s', (name, type) => expect(guessContentType(name)).toBe(type));

test('an option that is undefined counts as not given', () => {
  const documents = { folders: undefined, origins: undefined, privateAddresses: undefined, sources: undefined };
  expect(() => new Storage({ documents, outputs: { folders: undefined, sinks: undefined } })).not.toThrow();
});

test.each([
  'https://files.example.com',
  'https://files.example.com.:8443/',
  'https://FILES.example',
  'https://localhost',
  'https://my_bucket.example',
  'https://xn--bcher-kva.example',
  'https://bücher.example',
  'https://10.0.0.1',
  'https://[2001:db8::1]:444',
  'http://127.0.0.1:9000',
  'http://[::1]:9000',
  'http://minio.localhost:9000',
])('the origin %s is taken', (origin) => {
  expect(() => new Storage({ documents: { origins: [origin] } })).not.toThrow();
});
