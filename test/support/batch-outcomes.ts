import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { RECORDS_FOLDER } from '../../src/core/listing';
import type { FakeUnstructured } from '../../src/testing';
import type { BatchRecordsView } from './batches';
import { sha256 } from './sha256';

/**
 * The outputs in a folder are those of these batches: each is whole, as its line says, and no other file lies there but their records. None of
 * those is half written, but for a part of a plan that nobody goes by.
 */
export async function expectWhole(to: string, ...batches: BatchRecordsView[]): Promise<void> {
  const outputs = batches.flatMap(({ parts }) => parts.flat().flatMap((line) => line.outputs));
  for (const { location, bytes, sha256: hash } of outputs) {
    const content = await readFile(fileURLToPath(location));
    expect({ location, bytes: content.length, sha256: sha256(content) }).toEqual({ location, bytes, sha256: hash });
  }
  const folder = fileURLToPath(to);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const names = files.map((path) => relative(folder, path)).filter((name) => !RECORD.test(name));
  expect(names.sort()).toEqual(outputs.map(({ location }) => relative(folder, fileURLToPath(location))).sort());
}

const RECORD = new RegExp(`^${RECORDS_FOLDER}/[^/]+/(plan/.+|(begun/|manifest/)?[^./][^/]*)$`);

/** Hashes of all documents that were sent, in the jobs of their order. */
export function uploadsOf({ jobs }: Pick<FakeUnstructured, 'jobs'>): string[] {
  return jobs.flatMap((job) => job.uploads.map(({ sha256: hash }) => hash));
}

/**
 * The records of a batch without ids, times and places, and without hashes and names that are made of them. What is left is the same each time
 * that the same documents are run.
 * @param base Folder of documents and outputs
 */
export function comparable({ manifest, parts }: BatchRecordsView, base: string): BatchRecordsView {
  const text = JSON.stringify({ manifest, parts })
    .replaceAll(pathToFileURL(base).href, '<base>')
    .replaceAll(manifest.key, '<key>')
    .replaceAll(/"(location|fileId)":"[^"]*"/g, '"$1":"<$1>"')
    .replaceAll(/"[0-9a-f]{64}"/g, '"<hash>"')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
  return JSON.parse(text) as BatchRecordsView;
}
