import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { ManifestLine } from '../../src/core/batch/manifest-lines';
import type { FakeUnstructured } from '../../src/testing';
import { temporaryFolder } from '../testing/temporary-folder';
import { Program } from './program';

/** Names that a URL, a shell or a server could take for something else. */
const ODD_NAMES = ['a b.txt', '50%.txt', '#1 über.txt', 'sub/deep/c.txt'];

/** A batch from the command line, against an API of the test. */
export interface TestBatch {
  api: FakeUnstructured;
  from: string;
  to: string;
  /** Starts the program with these options beside what every batch needs. */
  start: (args?: string[], env?: Record<string, string>) => Program;
}

/** @param documents How many; ten go into a job */
export async function testBatch(api: FakeUnstructured, documents = 12): Promise<TestBatch> {
  const folder = await temporaryFolder();
  const [from, to] = [join(folder, 'in #1'), join(folder, 'out 50% é')];
  const names = Array.from({ length: documents }, (_, index) => ODD_NAMES[index] ?? `document-${index + 1}.txt`);
  for (const name of names) {
    await mkdir(dirname(join(from, name)), { recursive: true });
    await writeFile(join(from, name), `text of ${name}`);
  }
  const account = { UNSTRUCTURED_API_KEY: api.apiKey, UNSTRUCTURED_API_URL: api.url };
  const needed = ['run', '--from', from, '--to', to, '--template', 'hi_res_partition'];
  return { api, from, to, start: (args = [], env = {}) => new Program([...needed, ...args], { ...account, ...env }) };
}

/** Folders of the batches whose outputs are there, by their keys. */
export async function recordFolders(to: string): Promise<string[]> {
  const folder = join(to, '_manifests');
  return (await readdir(folder)).map((name) => join(folder, name));
}

/** All lines of the manifest of the only batch there. */
async function manifestLines(to: string): Promise<ManifestLine[]> {
  const folders = await recordFolders(to);
  expect(folders).toHaveLength(1);
  const parts = join(folders[0] ?? '', 'manifest');
  const texts = await Promise.all((await readdir(parts)).sort().map((name) => readFile(join(parts, name), 'utf8')));
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line) as ManifestLine);
}

/** Every document is there once, ok, and its only output is a file. */
export async function expectAllOnce({ from, to }: TestBatch, documents = 12): Promise<void> {
  const lines = await manifestLines(to);
  expect(lines.map(({ status }) => status)).toEqual(Array.from({ length: documents }, () => 'ok'));
  const found = (await readdir(from, { recursive: true })).filter((name) => name.endsWith('.txt'));
  expect(lines.map(({ path }) => path).sort()).toEqual(found.sort());
  for (const { outputs } of lines) {
    expect(outputs).toHaveLength(1);
    for (const { location, bytes } of outputs) expect(await readFile(new URL(location))).toHaveLength(bytes);
  }
}
