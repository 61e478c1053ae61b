// What the pages say is true: their code stands in the compiled examples, their tables agree with the code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AwaitJobOptions, RunJobInput, RunJobsInput, StorageOptions, UnstructuredClientOptions } from '../../src';
import { CLIENT_DEFAULTS } from '../../src/api/options';
import { durationToMs } from '../../src/common/duration';
import { FAILURE_TYPES } from '../../src/common/failure';
import { resolveBatchInput } from '../../src/core/batch/input';
import { ERROR_KINDS } from '../../src/core/errors';
import { LEFT_OUT_REASONS } from '../../src/core/listing';
import { DEFAULT_COLLECT_OPTIONS } from '../../src/core/run/collect';
import { resolveRunInput, waitOptionsFor } from '../../src/core/run/input';
import { PLACEHOLDERS } from '../../src/core/run/output-template';
import { DEFAULT_START_OPTIONS } from '../../src/core/start/options';
import type { LimitName } from '../../src/core/wait/failure-details';
import { DEFAULT_WAIT_OPTIONS, type WaitOptionsInput } from '../../src/core/wait/options';
import { FakeUnstructured } from '../../src/testing';
import { answersSchema } from '../../src/testing/fake/job/answer-switches';
import { PUBLIC_NAMES } from '../package/public-names';
import { fieldsOf, inCode, inside, rowsOf, tablesBelow } from '../support/fields';
import { allPages, codeBlocks, readPage, tableOf } from '../support/pages';
import { COUNTS, LEFT_OUT_LINE, LINE, MANIFEST, OUTPUT, PARTS, UNSETTLED_JOB } from '../support/manifest-fields';

const EXAMPLES = join(__dirname, '../../examples');
const exampleFiles = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
const examples = exampleFiles.map((name) => readFileSync(join(EXAMPLES, name), 'utf8'));

/** Options of a wait beside those that have a default; the compiler sees to it that none is missing and none too many. */
const OF_ANY_WAIT: Record<Exclude<keyof AwaitJobOptions, keyof WaitOptionsInput>, true> = {
  account: true,
  activityTaskQueue: true,
  knownFiles: true,
};

/** Options of a run. Of those of its wait, the ones that mean more there, or have another default. */
const OF_A_RUN: Record<
  | Exclude<keyof RunJobInput, keyof AwaitJobOptions | 'version' | 'continued' | 'keyUsedBefore' | 'plannedJob'>
  | 'confirmLimit'
  | 'credentialBudget'
  | 'onCancel'
  | 'onLimit',
  true
> = {
  start: true,
  documents: true,
  outputs: true,
  resume: true,
  nodeCounts: true,
  collectLimit: true,
  startToken: true,
  whenBusy: true,
  startBudget: true,
  startOutageBudget: true,
  startSpacing: true,
  maxDocuments: true,
  maxDocumentBytes: true,
  onRefused: true,
  uploadTimeout: true,
  startTaskQueue: true,
  confirmLimit: true,
  credentialBudget: true,
  onCancel: true,
  onLimit: true,
};

/** Options of a batch that are none of a run, mean something else there, or have another default. */
const OF_A_BATCH: Record<
  | Exclude<keyof RunJobsInput, Exclude<keyof RunJobInput, 'documents' | 'outputs'>>
  | 'startSpacing'
  | 'continueAsNewAfterEvents',
  true
> = {
  documents: true,
  outputs: true,
  parallel: true,
  perJob: true,
  maxJobBytes: true,
  tolerated: true,
  retryFailed: true,
  unlessIn: true,
  startSpacing: true,
  continueAsNewAfterEvents: true,
};

type Dotted<Name extends keyof StorageOptions> = `${Name}.${keyof NonNullable<StorageOptions[Name]> & string}`;

/** Options of the plugin; the client has those without a dot. */
const OF_THE_PLUGIN: Record<
  keyof UnstructuredClientOptions | Dotted<'documents'> | Dotted<'outputs'> | 'watch' | 'accounts',
  true
> = {
  apiKey: true,
  authentication: true,
  baseUrl: true,
  allowInsecureHttp: true,
  timeouts: true,
  minimumRate: true,
  maxResponseBytes: true,
  proxy: true,
  connections: true,
  maxRequestsPerSecond: true,
  dispatcher: true,
  'documents.folders': true,
  'documents.origins': true,
  'documents.privateAddresses': true,
  'documents.sources': true,
  'outputs.folders': true,
  'outputs.sinks': true,
  watch: true,
  accounts: true,
};

test('each piece of TypeScript stands in an example, which is compiled', () => {
  const blocks = allPages().flatMap(([, text]) => codeBlocks(text, 'ts'));
  expect(blocks.length).toBeGreaterThan(20);
  for (const block of blocks)
    expect(
      examples.some((example) => example.includes(block)),
      block,
    ).toBe(true);
});

test('what a printed test opens is closed even if its worker cannot be created', () => {
  const tests = allPages()
    .flatMap(([, text]) => codeBlocks(text, 'ts'))
    .filter((block) => block.includes('await createTestEnvironment()'));
  expect(tests.length).toBeGreaterThan(2);
  for (const block of tests) expect(block.split('Worker.create')[0], block).toContain('  try {');
});

test('the table of failures lists every type, and says which are retried', () => {
  const rows = tableOf('failures', 'Types of failures').map(([type, , retried]) => [type, retried?.startsWith('yes')]);
  expect(rows).toEqual(Object.entries(FAILURE_TYPES).map(([type, { retryable }]) => [type, retryable]));
});

test('the table of failures names the HTTP statuses of each kind', () => {
  const when = new Map(tableOf('failures', 'Types of failures').map(([type, text]) => [type, text ?? '']));
  for (const { type, statuses } of Object.values(ERROR_KINDS)) {
    for (const status of statuses) expect(when.get(type)).toContain(String(status));
  }
});

test('the page for whoever is on call says of every type of failure what to do', () => {
  const types = tableOf('on-call', 'Failures').flatMap(([cell = '']) => cell.split(', '));
  expect(types.sort()).toEqual(Object.keys(FAILURE_TYPES).sort());
});

test('the page for whoever is on call tells of every limit', () => {
  const limits: Record<LimitName, true> = { queue: true, run: true, total: true, stall: true, unknownStatus: true };
  expect(tableOf('on-call', 'A limit that passed').map(([limit]) => limit)).toEqual(Object.keys(limits));
});

test('the options of a wait stand there with their defaults, and no others', () => {
  const { version, ...defaults } = DEFAULT_WAIT_OPTIONS;
  const rows = new Map(tableOf('waiting', 'Options of a wait').map(([name, value]) => [name, value]));
  expect([...rows.keys()].sort()).toEqual([...Object.keys(defaults), ...Object.keys(OF_ANY_WAIT)].sort());
  for (const [name, value] of Object.entries(defaults))
    expect(`${name}: ${parse(rows.get(name))}`).toBe(`${name}: ${String(value as string | number | boolean | null)}`);
});

test('the options of a run stand there with their defaults, and no others', () => {
  const resolved = resolveRunInput({ start: { templateId: 't' }, documents: [{ ref: 's3://in/a' }] }, durationToMs);
  const { onCancel, onLimit } = waitOptionsFor(resolved, true);
  const { version, ...defaults } = { ...DEFAULT_START_OPTIONS, ...DEFAULT_COLLECT_OPTIONS, onCancel, onLimit };
  const rows = new Map(tableOf('documents', 'Options of a run').map(([name, value]) => [name, value]));
  expect([...rows.keys()].sort()).toEqual(Object.keys(OF_A_RUN).sort());
  for (const [name, value] of Object.entries(defaults))
    expect(`${name}: ${parse(rows.get(name))}`).toBe(`${name}: ${String(value)}`);
});

test('the options of a batch stand there with their defaults, and no others', () => {
  const input: RunJobsInput = {
    start: { templateId: 't' },
    documents: { from: 's3://in/', match: '**' },
    outputs: { to: 's3://out/' },
  };
  const { options, bounds } = resolveBatchInput(input, durationToMs);
  const { version, ...defaults } = options;
  expect(version).toBe(1);
  const rows = new Map(tableOf('many-documents', 'Options of a batch').map(([name, value]) => [name, value]));
  expect([...rows.keys()].sort()).toEqual(Object.keys(OF_A_BATCH).sort());
  for (const [name, value] of Object.entries({ ...defaults, ...bounds }))
    expect(`${name}: ${parse(rows.get(name))}`).toBe(`${name}: ${String(value)}`);
});

test('the options of a run that a batch refuses stand there', () => {
  const [, names] = /A batch sets (.*?) itself, and refuses these options/.exec(readPage('many-documents')) ?? [];
  const input = { start: { templateId: 't' }, documents: [{ ref: 's3://in/a' }], outputs: { to: 's3://out/' } };
  expect(inCode(names)).toHaveLength(4);
  for (const name of inCode(names))
    expect(() => resolveBatchInput({ ...input, [name]: 1 }, durationToMs)).toThrow(
      `Option ${name} is not an option of a batch`,
    );
});

test('the reasons why something is left out of a listing stand there, and no others', () => {
  const named = tableOf('many-documents', 'What a listing leaves out').map(([reason]) => reason);
  expect(named.sort()).toEqual([...LEFT_OUT_REASONS, 'unchanged', 'unsettled', 'duplicate'].sort());
});

test('the fields of a manifest stand there with their types, and no others', () => {
  const [ofALine, ofTheWhole] = tablesBelow(readPage('many-documents'), 'The manifest');
  const [ofAnEntryLeftOut] = tablesBelow(readPage('many-documents'), 'Which entries were left out');
  const line = { ...LINE, ...inside('outputs[]', OUTPUT) };
  const whole = {
    ...MANIFEST,
    ...inside('counts', COUNTS),
    ...inside('parts', PARTS),
    ...inside('unsettledJobs[]', UNSETTLED_JOB),
  };
  expect(fieldsOf(ofALine)).toEqual(rowsOf(line));
  expect(fieldsOf(ofTheWhole)).toEqual(rowsOf(whole));
  expect(fieldsOf(ofAnEntryLeftOut)).toEqual(rowsOf(LEFT_OUT_LINE));
});

test('the placeholders of a template of names stand there, and no others', () => {
  const [rows = []] = tablesBelow(readPage('storage'), 'Names of outputs');
  expect(rows.flatMap(([name]) => inCode(name))).toEqual(PLACEHOLDERS.map((name) => `{${name}}`));
});

test('the options of plugin and client stand there with the defaults of the client, and no others', () => {
  const rows = new Map(
    tableOf('configuration', 'Options of the plugin and the client').map(([name, value]) => [name, value ?? '']),
  );
  expect([...rows.keys()].flatMap((name) => name?.split(', ')).sort()).toEqual(Object.keys(OF_THE_PLUGIN).sort());
  const { timeouts, minimumRate, ...defaults } = CLIENT_DEFAULTS;
  for (const [name, value] of Object.entries(defaults))
    expect(`${name}: ${parse(rows.get(name))}`).toBe(`${name}: ${String(value)}`);
  for (const [name, ms] of Object.entries(timeouts)) expect(rows.get('timeouts')).toContain(`${name} ${ms / 1000} s`);
  const { bytes, per } = minimumRate;
  expect(rows.get('minimumRate')).toBe(`${bytes.toLocaleString('en')} bytes in ${per / 1000} s`);
});

test('the table of import paths lists every entry and every public name, and no others', () => {
  const rows = [...readPage('import-paths').matchAll(/^\| `(temporal-unstructured\S*)` *\|[^|]*\|(.*)\|$/gm)];
  const named = rows.map(([, entry, holds = '']) => [
    entry,
    [...holds.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(),
  ]);
  const isErrorClass = (name: string) => name.startsWith('Unstructured') && name.endsWith('Error');
  const names = Object.entries(PUBLIC_NAMES).map(([entry, all]) => [entry, all.filter((name) => !isErrorClass(name))]);
  expect(Object.fromEntries(named)).toEqual(Object.fromEntries(names));
});

test('the switches of the fake API and its controls are named, and no others', async () => {
  await using api = await FakeUnstructured.start();
  const control = await fetch(`${api.url}/__fake/nothing`);
  const { error } = (await control.json()) as { error: string };
  const [, controls = ''] = error.split('there are ');
  const named = tableOf('testing', 'The fake API as a command').map(([name]) => name);
  expect(named).toEqual(controls.split(', '));
  const [rows = []] = tablesBelow(readPage('testing'), 'Answers');
  const switches = rows.flatMap(([names]) => inCode(names));
  expect(switches.sort()).toEqual(Object.keys(answersSchema.shape).sort());
});

test('the jobs that are added to the fake API over HTTP are jobs', async () => {
  const jobs = allPages().flatMap(([, text]) =>
    [...text.matchAll(/\/__fake\/jobs -d '(\{.*?\})'$/gms)].map(([, json]) => json),
  );
  expect(jobs).toHaveLength(2);
  await using api = await FakeUnstructured.start();
  for (const body of jobs) {
    const added = await fetch(`${api.url}/__fake/jobs`, { method: 'POST', body });
    expect(await added.json()).toMatchObject({ status: 'SCHEDULED' });
  }
});

/** A default as the pages write it, in the code's unit. */
function parse(text: string | undefined): string {
  const units = { s: 1_000, min: 60_000, h: 3_600_000, MiB: 2 ** 20 };
  const [, number, unit] = /^([\d.,]+) ?(s|min|h|MiB)?$/.exec(text ?? '') ?? [];
  if (number === undefined) return text === 'none' ? 'null' : (text ?? 'missing').replaceAll("'", '');
  return String(Number(number.replaceAll(',', '')) * (unit ? units[unit as keyof typeof units] : 1));
}
