import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { parseCommand } from '../../../src/cli/arguments';
import { type BatchCommand, parseRun } from '../../../src/cli/run/arguments';
import { UsageError } from '../../../src/cli/support/errors';
import { byOption } from '../../../src/cli/support/options';
import { temporaryFolder } from '../../testing/temporary-folder';

const WORKFLOW = '0b3f4f6e-3a6f-4a53-9f3e-0c8e0e3d6f52';
const ENV = { UNSTRUCTURED_API_KEY: 'key-of-the-test' };
const PLACES = ['--from', 'in', '--to', 'out'];
const LEAST = [...PLACES, '--template', 't'];

function read(args: string[], env: Record<string, string> = ENV): BatchCommand {
  const command = parseRun(args, env, '/data');
  if (!command) throw new Error('it shows help');
  return command.options;
}

function refusal(args: string[], env: Record<string, string> = ENV): string {
  try {
    parseRun(args, env, '/data');
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('not refused');
}

test('a batch needs its places and what to run', () => {
  expect(read(LEAST)).toEqual({
    batch: {
      key: expect.stringMatching(/^in-[0-9a-f]{8}$/) as string,
      start: { templateId: 't' },
      documents: { from: 'file:///data/in/' },
      outputs: { to: 'file:///data/out/', name: '{path}/{stem}.json' },
    },
    from: { url: 'file:///data/in/', folder: '/data/in' },
    to: { url: 'file:///data/out/', folder: '/data/out' },
    account: { apiKey: 'key-of-the-test', proxy: 'env' },
    json: false,
    verbose: false,
  });
});

test('all options are read', () => {
  const args = [
    '--workflow',
    WORKFLOW,
    '--match',
    '**/*.pdf',
    '--match',
    '!drafts/**',
    '--key',
    'nov',
    '--name',
    '{fileId}',
  ];
  const more = ['--parallel', '3', '--tolerated=0.05', '--unless-in', 'out/_manifests/oct/manifest.json'];
  const env = { ...ENV, UNSTRUCTURED_API_URL: 'https://eu.example.com' };
  const { batch, account, json, verbose } = read([...PLACES, ...args, ...more, '--json', '--verbose'], env);
  expect(batch).toEqual({
    key: 'nov',
    start: { workflowId: WORKFLOW },
    documents: { from: 'file:///data/in/', match: ['**/*.pdf', '!drafts/**'] },
    outputs: { to: 'file:///data/out/', name: '{fileId}' },
    parallel: 3,
    tolerated: 0.05,
    unlessIn: 'file:///data/out/_manifests/oct/manifest.json',
  });
  expect({ account, json, verbose }).toEqual({
    account: { apiKey: 'key-of-the-test', baseUrl: 'https://eu.example.com', proxy: 'env' },
    json: true,
    verbose: true,
  });
});

test('what is not ok in an earlier manifest is run in place of what is listed', () => {
  const location = 'file:///data/out/_manifests/oct/manifest.json';
  const { batch } = read([...LEAST, '--retry-failed', location]);
  expect(batch).toMatchObject({ retryFailed: location });
  expect(batch).not.toHaveProperty('documents');
});

test('the latest manifest is looked for later: until then the batch is that of the first night', () => {
  const { batch, latest } = read([...LEAST, '--match', '*.pdf', '--unless-in', 'latest']);
  expect(batch).toEqual(read([...LEAST, '--match', '*.pdf']).batch);
  const manifest = 'file:///data/out/_manifests/oct/manifest.json';
  expect(latest?.match).toEqual(['*.pdf']);
  expect(latest?.unlessIn([manifest])).toEqual(read([...LEAST, '--match', '*.pdf', '--unless-in', manifest]).batch);
  const retry = 'file:///data/out/_manifests/retry/manifest.json';
  const both = read([...LEAST, '--match', '*.pdf', '--unless-in', manifest, '--unless-in', retry]).batch;
  expect(both.unlessIn).toEqual([manifest, retry]);
  expect(latest?.unlessIn([manifest, retry])).toEqual(both);
  expect(both.key).not.toBe(latest?.unlessIn([manifest]).key);
  const swapped = [...LEAST, '--match', '*.pdf', '--unless-in', retry, '--unless-in', manifest, '--unless-in', retry];
  expect(read(swapped).batch).toEqual(both);
});

describe('the manifest of a batch to a folder behind a symbolic link', () => {
  async function setUp() {
    const parent = await temporaryFolder();
    const [folder, link] = [join(parent, 'disk é', 'out'), join(parent, 'out')];
    await mkdir(join(folder, '_manifests', 'oct'), { recursive: true });
    await symlink(folder, link);
    const manifest = join(folder, '_manifests', 'oct', 'manifest.json');
    await writeFile(manifest, '{}');
    const batchOf = (location: string) =>
      read(['--from', 'in', '--to', link, '--template', 't', '--retry-failed', location]).batch;
    return { link, manifest, batchOf };
  }

  it.each([
    ['as it is printed', ({ manifest }: { manifest: string }) => manifest],
    ['as JSON tells it', ({ manifest }: { manifest: string }) => pathToFileURL(manifest).href],
    ['by a path through the link', ({ link }: { link: string }) => join(link, '_manifests', 'oct', 'manifest.json')],
    ['by a URL through the link', ({ link }: { link: string }) => `file://${link}/x/../_manifests/oct/manifest.json`],
  ])('is taken %s, and is the same question', async (_, location) => {
    const { batchOf, ...places } = await setUp();
    const batch = batchOf(location(places));
    expect(batch).toMatchObject({ retryFailed: pathToFileURL(places.manifest).href });
    expect(batch.key).toBe(batchOf(places.manifest).key);
  });

  it.each([
    ['is elsewhere', '../../elsewhere/manifest.json'],
    ['is beside the folder', '../out2/manifest.json'],
  ])('is refused where it %s', async (_, location) => {
    const { batchOf, link } = await setUp();
    expect(() => batchOf(join(link, location))).toThrow(
      'must be the manifest.json of an earlier batch to the same --to; got',
    );
  });
});

test('with a fake API no key is needed, none is used, and it is asked more often', () => {
  for (const env of [{}, ENV]) {
    const { batch, account } = read([...LEAST, '--fake'], env);
    expect(account).toBeUndefined();
    expect(batch).toMatchObject({
      minimumGap: '1 second',
      key: expect.stringMatching(/^in-[0-9a-f]{8}-fake-api$/) as string,
    });
  }
});

test.each([
  ['in', 'file:///data/in/', '/data/in'],
  ['../in/', 'file:///in/', '/in'],
  ['/a b/#1/50%/é', 'file:///a%20b/%231/50%25/%C3%A9/', '/a b/#1/50%/é'],
  ['.', 'file:///data/', '/data'],
  ['s3://inbox', 's3://inbox/', undefined],
  ['S3://inbox/2026 #1/', 's3://inbox/2026 #1/', undefined],
])('--from %s is %s', (from, url, folder) => {
  const options = read(['--from', from, '--to', '/elsewhere', '--template', 't']);
  expect(options.from).toEqual({ url, ...(folder !== undefined && { folder }) });
  expect(options.batch.documents).toEqual({ from: url });
});

test('--help shows help, whatever is missing', () => {
  const text = expect.stringContaining('--retry-failed MANIFEST') as string;
  expect(parseCommand(['run', '--help'], {})).toEqual({ name: 'help', text });
});

test.each([
  [[], '--from is missing: a folder, or s3://bucket/prefix/.'],
  [['--from', 'in'], '--to is missing: a folder, or s3://bucket/prefix/.'],
  [['--from', '', '--to', 'out'], '--from is missing: a folder, or s3://bucket/prefix/.'],
  [
    ['--from', 'https://example.com/', '--to', 'out'],
    '--from must be a folder, or s3://bucket/prefix/; got the scheme https:.',
  ],
  [PLACES, '--template or --workflow is missing: what to run, such as --template hi_res_partition.'],
  [[...LEAST, '--workflow', 'w'], '--template and --workflow exclude each other.'],
  [
    ['--from', '.', '--to', 'out', '--template', 't'],
    "--to is inside --from, so outputs would be listed as documents: choose the documents by --match, such as '**/*.pdf'.",
  ],
  [[...PLACES, '--workflow', 'w'], "--workflow must be the uuid of a workflow; got 'w'."],
  [[...LEAST, '--parallel', 'five'], "--parallel must be a number; got 'five'."],
  [[...LEAST, '--parallel', '0'], '--parallel must be a whole number from 1 to 500; got 0.'],
  [[...LEAST, '--tolerated', '5'], '--tolerated must be a share from 0 to 1; got 5.'],
  [[...LEAST, '--key', ''], '--key must not be empty.'],
  [[...LEAST, '--match', '*.pdf', '--match', ''], '--match must not be empty.'],
  [
    [...LEAST, '--match', 'a.pdf', 'b.pdf'],
    "Unexpected argument 'b.pdf'; put the glob of --match in quotes. --help shows what there is.",
  ],
  [
    [...LEAST, '--parallel', '-1'],
    "Option '--parallel' argument is ambiguous; a value that begins with a dash is written --parallel=VALUE. --help shows what there is.",
  ],
  [[...LEAST, 'b.pdf'], "Unexpected argument 'b.pdf'; --help shows what there is."],
  [[...LEAST, '--key', 'trial-fake-api'], '--key must not end with -fake-api: that marks the keys of --fake.'],
  [
    [...LEAST, '--unless-in', '/other/_manifests/oct/manifest.json'],
    "--unless-in must be the manifest.json of an earlier batch to the same --to; got '/other/_manifests/oct/manifest.json'.",
  ],
  [
    [...LEAST, '--retry-failed', 'out/_manifests/oct/manifest.json', '--match', '*'],
    '--match and --retry-failed exclude each other: the earlier manifest names the documents.',
  ],
  [
    [...LEAST, '--retry-failed', 'out/_manifests/oct/manifest.json', '--unless-in', 'latest'],
    '--unless-in and --retry-failed exclude each other: the earlier manifest names the documents.',
  ],
  [
    [...LEAST, '--key', 'nightly', '--unless-in', 'latest'],
    '--key and --unless-in latest exclude each other: each manifest that is found makes another batch, which needs another key.',
  ],
  [[...LEAST, '--from', 'b'], '--from is given more than once.'],
  [[...LEAST, '--template=t'], '--template is given more than once.'],
  [
    [...LEAST, '--key', 'C:\\inbox'],
    '--key must be a string that is not empty, without ", \\ and control characters; got "C:\\\\inbox".',
  ],
  [
    [...LEAST, '--unless-in', 'latest', '--unless-in', 'out/_manifests/oct/manifest.json'],
    '--unless-in latest and another --unless-in exclude each other.',
  ],
  [
    [...LEAST, '--retryfailed', 'x'],
    "Unknown option '--retryfailed'; did you mean --retry-failed? --help shows what there is.",
  ],
])('%j is refused in one sentence', (args, sentence) => {
  expect(refusal(args)).toBe(sentence);
});

test.each([
  ['{stem', '--name'],
  ['{nothing}', '--name'],
])('a template of names that is wrong, %s, is told of by its option', (name, option) => {
  expect(refusal([...LEAST, '--name', name])).toMatch(new RegExp(`^${option} `));
});

test.each(['--retry-failed', '--unless-in'])('a location that is no manifest is refused: %s', (option) => {
  expect(refusal([...LEAST, option, 'out/part-00001.jsonl'])).toBe(
    `${option} must be the manifest.json of an earlier batch to the same --to; got 'out/part-00001.jsonl'.`,
  );
});

test('an option that is named in a sentence has its name on the command line', () => {
  const message = 'The output "a" would be listed as a document of documents.from. Set another outputs.name.';
  expect(byOption(message)).toBe('The output "a" would be listed as a document of --from. Set another --name.');
});

test('without a key of the API it says what to set', () => {
  expect(refusal(LEAST, {})).toBe(
    'UNSTRUCTURED_API_KEY is not set. Set it to the API key of your account, or use --fake to try the command without one.',
  );
});

test.each([
  ['UNSTRUCTURED_API_KEY', 'short', 'must have at least 8 characters (value not shown).'],
  [
    'UNSTRUCTURED_API_KEY',
    'k '.repeat(8),
    'must be one line of visible Latin-1 characters without spaces (value not shown).',
  ],
  [
    'UNSTRUCTURED_API_URL',
    'eu.example.com',
    'must be an absolute URL such as https://platform.unstructuredapp.io/; got "eu.example.com".',
  ],
  ['UNSTRUCTURED_API_URL', 'ftp://example.com', 'must begin with https://; got the scheme ftp:.'],
  ['UNSTRUCTURED_API_URL', 'http://example.com', 'http://example.com would send the key unencrypted; use https.'],
  [
    'UNSTRUCTURED_API_URL',
    'https://a:b@example.com',
    'must not carry credentials (https://example.com); the key belongs in UNSTRUCTURED_API_KEY.',
  ],
  ['UNSTRUCTURED_API_URL', 'https://example.com/?a=b', 'must have no query and no fragment (https://example.com).'],
])('an account that is wrong is told of by its variable: %s=%s', (variable, value, rest) => {
  const env = { ...ENV, [variable]: value };
  expect(refusal(LEAST, env)).toBe(`${variable} ${rest}`);
  expect(() => parseCommand(['demo', '--job-id', WORKFLOW], env)).toThrow(new UsageError(`${variable} ${rest}`));
});

test.each(['trial', 'trial-fake-api'])('the key %s that is given with a fake API is none of the real one', (key) => {
  expect(read([...LEAST, '--fake', '--key', key]).batch.key).toBe('trial-fake-api');
});

describe('the key of a batch', () => {
  const keyOf = (args: string[]) => read(args).batch.key;
  const key = keyOf(LEAST);

  it.each([
    ['written otherwise', ['--from', './in/', '--to', '/data/out', '--template', 't']],
    ['with other options of the jobs', [...LEAST, '--parallel', '2', '--tolerated', '0.5', '--json']],
  ])('is the same for the same batch, %s', (_, args) => {
    expect(keyOf(args)).toBe(key);
  });

  it.each([
    ['documents', ['--from', 'in2', '--to', 'out', '--template', 't']],
    ['place of outputs', ['--from', 'in', '--to', 'out2', '--template', 't']],
    ['template', [...PLACES, '--template', 't2']],
    ['workflow', [...PLACES, '--workflow', WORKFLOW]],
    ['match', [...LEAST, '--match', '*.pdf']],
    ['earlier manifest', [...LEAST, '--unless-in', 'out/_manifests/a/manifest.json']],
    ['earlier manifest to run again', [...LEAST, '--retry-failed', 'out/_manifests/a/manifest.json']],
    ['API: what a fake one made is not taken for done', [...LEAST, '--fake']],
  ])('is another one for another %s', (_, args) => {
    expect(keyOf(args)).not.toBe(key);
  });

  it.each([
    ['s3://inbox/2026-11/', /^2026-11-[0-9a-f]{8}$/],
    ['s3://inbox', /^inbox-[0-9a-f]{8}$/],
    ['/data/Köln & Bonn/', /^K-ln-Bonn-[0-9a-f]{8}$/],
    ['/data/.hidden', /^hidden-[0-9a-f]{8}$/],
    ['/データ', /^documents-[0-9a-f]{8}$/],
    ['/', /^documents-[0-9a-f]{8}$/],
  ])('of documents in %s names them in plain letters', (from, pattern) => {
    expect(keyOf(['--from', from, '--to', 's3://parsed/', '--template', 't'])).toMatch(pattern);
  });
});
