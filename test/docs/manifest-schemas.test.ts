// The JSON Schemas of the package say what the manifest of a batch holds, as the types do.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { expect, test } from 'vitest';
import { closeBatch } from '../../activities/batch/close-batch';
import type { RecordsPort } from '../../activities/batch/records';
import { linesOfFailure, linesOfResult, type PartFailure } from '../../src/core/batch/manifest-lines';
import { BATCH_OUTCOMES, type ManifestRequest } from '../../src/core/batch/manifest';
import {
  MANIFEST_NAME,
  MANIFEST_PARTS,
  parseLines,
  partName,
  planParts,
  BEGUN_PARTS,
  recordsFolder,
} from '../../src/core/batch/records';
import { type Refusal, REFUSALS } from '../../src/core/refusal';
import { LEFT_OUT_REASONS } from '../../src/core/listing';
import type { SavedOutput } from '../../src/core/output';
import { DOCUMENT_STATUSES } from '../../src/core/run/planned-job';
import type { DocumentResult } from '../../src/core/run/result';
import { COUNTS, LEFT_OUT_LINE, LINE, MANIFEST, OUTPUT, PARTS, UNSETTLED_JOB } from '../support/manifest-fields';

interface Schema {
  type?: string | [string, 'null'];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: string[];
  examples?: string[];
  description?: string;
}

const manifestSchema = readSchema('manifest.v1.json');
const lineSchema = readSchema('manifest-line.v1.json');
const leftOutSchema = readSchema('left-out-line.v1.json');
const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false });
const isManifest = ajv.compile(manifestSchema);
const isLine = ajv.compile(lineSchema);

const SAVED: SavedOutput = {
  jobId: 'job',
  fileId: 'f',
  nodeId: null,
  location: 's3://out/f.json',
  bytes: 1,
  sha256: 'a0'.repeat(32),
  contentType: 'application/json',
};

const PLANNED = [
  { ref: 's3://inbox/a.pdf', path: 'a.pdf', bytes: 3, version: 'etag' },
  { ref: 'https://user:pass@host/b.pdf?token=x' },
];
const FAILURE: PartFailure = {
  status: 'failed',
  reason: 'the job failed',
  unsettled: false,
  jobId: 'job',
  refused: [],
};
const RUN = { workflowId: 'nightly 7/1', runId: 'run' };

test('each schema has the fields of its type, all of them required, and says what each is', () => {
  expect(wordsOf(lineSchema)).toEqual(LINE);
  expect(wordsOf(lineSchema.properties?.['outputs']?.items)).toEqual(OUTPUT);
  expect(wordsOf(leftOutSchema)).toEqual(LEFT_OUT_LINE);
  expect(wordsOf(manifestSchema)).toEqual(MANIFEST);
  expect(wordsOf(manifestSchema.properties?.['counts'])).toEqual(COUNTS);
  expect(wordsOf(manifestSchema.properties?.['parts'])).toEqual(PARTS);
  expect(wordsOf(manifestSchema.properties?.['unsettledJobs']?.items)).toEqual(UNSETTLED_JOB);
});

test('the site serves the files of the package', () => {
  const root = join(__dirname, '../..');
  const served = join(root, 'docs/public/schemas');
  expect(readdirSync(served).sort()).toEqual(['left-out-line.v1.json', 'manifest-line.v1.json', 'manifest.v1.json']);
  for (const name of readdirSync(served))
    expect(realpathSync(join(served, name))).toBe(realpathSync(join(root, 'schemas', name)));
});

test('the values that some fields may have are named', () => {
  expect(lineSchema.properties?.['status']?.enum).toEqual(DOCUMENT_STATUSES);
  expect(lineSchema.properties?.['refusal']?.examples).toEqual(REFUSALS);
  expect(leftOutSchema.properties?.['reason']?.examples).toEqual([
    ...LEFT_OUT_REASONS,
    'unchanged',
    'unsettled',
    'duplicate',
  ]);
  expect(manifestSchema.properties?.['outcome']?.enum).toEqual(BATCH_OUTCOMES);
});

test.each<[string, DocumentResult[]]>([
  ['ok', [{ ref: '', fileId: 'f', status: 'ok', outputs: [SAVED, { ...SAVED, nodeId: 'n' }] }]],
  ['failed', [{ ref: '', fileId: 'f', status: 'failed', reason: 'encrypted', outputs: [] }]],
  ['missing', [{ ref: '', fileId: null, status: 'missing', reason: 'nobody knows', outputs: [] }]],
  ['skipped', [{ ref: '', fileId: null, status: 'skipped', reason: 'empty', refusal: 'empty', outputs: [] }]],
  ['untold', []],
])('the line of a document that is %s in the result of its run is a good one', (_, results) => {
  expect(errors(isLine, linesOfResult(PLANNED, results, 'job', RUN))).toEqual([]);
});

test.each<[string, Partial<PartFailure>]>([
  ['failed', {}],
  ['missing', { status: 'missing', jobId: null }],
  ['unsettled', { status: 'missing', unsettled: true }],
  ['refused', { refused: REFUSALS.map((reason: Refusal, index) => ({ index, reason, message: 'no' })) }],
])('the line of a document whose run ended without a result, as %s, is a good one', (_, failure) => {
  const planned = REFUSALS.map((_reason, index) => PLANNED[index % 2]!);
  expect(errors(isLine, linesOfFailure(planned, { ...FAILURE, ...failure }, RUN))).toEqual([]);
});

test('a field that is missing, of another type or out of its values is told', () => {
  const [good] = linesOfResult(PLANNED, [{ ref: '', fileId: 'f', status: 'ok', outputs: [SAVED] }], 'job', RUN);
  const wrong = [
    ...Object.keys(LINE).map((name) => ({ ...good, [name]: undefined })),
    ...Object.keys(OUTPUT).map((name) => ({ ...good, outputs: [{ ...SAVED, [name]: undefined }] })),
    { ...good, status: 'skipped' },
    { ...good, reason: 'it is ok' },
    { ...good, status: 'failed', reason: null },
    { ...good, status: 'refused', reason: 'no' },
    { ...good, bytes: -1 },
    { ...good, unsettled: true },
  ];
  expect(errors(isLine, [good])).toEqual([]);
  expect(wrong.filter((line) => isLine(toJson(line)))).toEqual([]);
});

test('what the activity writes at the end of a batch is a good manifest, and what it adds are good lines', async () => {
  const place = { to: 's3://out', key: 'nightly 7' };
  const folder = `${place.to}/${recordsFolder(place.key)}`;
  const records = new Map<string, string>();
  const storage: RecordsPort = {
    readRecord: (to, name) => Promise.resolve(encoded(records.get(`${to}/${name}`))),
    writeRecord: (to, name, text) => {
      records.set(`${to}/${name}`, text);
      return Promise.resolve({ location: `${to}/${name}`, bytes: 0, sha256: '' });
    },
  };
  records.set(
    `${folder}${planParts('id')}${partName(1)}`,
    PLANNED.map((document) => JSON.stringify(document)).join('\n'),
  );
  records.set(`${folder}${BEGUN_PARTS}${partName(1)}`, JSON.stringify(RUN));
  const request: ManifestRequest = {
    ...place,
    startedAt: '2026-11-01T00:00:00.000Z',
    endedAt: '2026-11-01T01:00:00.000Z',
    outcome: 'cancelled',
    leftOut: { empty: 2 },
    options: { perJob: 10 },
    unlessIn: ['6', '5.2'].map((night) => `s3://out/_manifests/nightly_${night}/manifest.json`),
    plan: { id: 'id', earlier: [] },
    jobs: 1,
    failedJobs: 1,
  };
  const { location } = await closeBatch(storage, request, {
    signal: new AbortController().signal,
    beforeWrite: () => Promise.resolve(),
  });
  expect(location).toBe(folder + MANIFEST_NAME);
  const manifest = JSON.parse(records.get(location) ?? '') as object;
  expect(manifest).toMatchObject({
    unlessIn: 's3://out/_manifests/nightly_6/manifest.json',
    alsoUnlessIn: ['s3://out/_manifests/nightly_5.2/manifest.json'],
  });
  expect(errors(isManifest, [manifest])).toEqual([]);
  const without = Object.keys(MANIFEST).map((name) => ({ ...manifest, [name]: undefined }));
  expect(without.filter((one) => isManifest(toJson(one)))).toEqual([]);
  const lines = parseLines(records.get(`${folder}${MANIFEST_PARTS}${partName(1)}`) ?? '');
  expect(lines).toHaveLength(PLANNED.length);
  expect(errors(isLine, lines)).toEqual([]);
});

function readSchema(name: string): Schema {
  return JSON.parse(readFileSync(join(__dirname, '../../schemas', name), 'utf8')) as Schema;
}

/** What a schema says of an object's fields, in the words of the tables. */
function wordsOf({ properties = {}, required }: Schema = {}): Record<string, string> {
  expect(required).toEqual(Object.keys(properties));
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      if (!schema.items) expect(schema.description, name).toMatch(/\.$/);
      const [type, orNull] = [schema.type].flat();
      const word = type === 'integer' ? 'number' : type === 'array' ? `${String(schema.items?.type)}[]` : type;
      return [name, orNull === undefined ? String(word) : `${String(word)} or null`];
    }),
  );
}

/** What is wrong with entries, as a file holds them. */
function errors(isGood: typeof isLine, entries: readonly unknown[]): unknown[] {
  expect(entries.length).toBeGreaterThan(0);
  return entries.flatMap((entry) => (isGood(toJson(entry)) ? [] : isGood.errors));
}

function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function encoded(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : new TextEncoder().encode(text);
}
