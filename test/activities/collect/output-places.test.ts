// Outputs under names by a template: each its own, and always what this job made.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { CollectRequest } from '../../../src/core/run/collect';
import { outputName } from '../../../src/storage/output-name';
import { type FakeUnstructured, faults } from '../../../src/testing';
import { MemorySink } from '../memory-sink';
import { attemptsOf, failure, perform, withStorage } from '../support';

const COLLECT = 'unstructured.collectJobOutputs';

/** A job of one file for each path, and what is asked for of them. */
function jobOf(api: FakeUnstructured, to: string, paths: string[], name = '{path}/{stem}.json') {
  const job = api.addJob({ files: paths.length, nodes: 2 });
  const files = job.fileIds.map((fileId, index) => ({
    fileId,
    nodeIds: [...job.nodeIds],
    path: paths[index]!,
    hash: `d${index}`,
  }));
  const request: CollectRequest = { jobId: job.id, files, which: 'final', to, name };
  return { job, request };
}

/** Files below a folder, with the job that made each. */
async function storedIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  const read = files.sort().map(async (path) => {
    const [{ metadata }] = JSON.parse(await readFile(path, 'utf8')) as [{ metadata: { job_id: string } }];
    return [relative(folder, path), metadata.job_id];
  });
  return Object.fromEntries((await Promise.all(read)) as [string, string][]);
}

const downloads = (api: FakeUnstructured) => api.requests.map(({ query }) => query['file_id']);

test('they are where the template says, and the answer tells it', async () => {
  const { api, activities, to, outbox } = await withStorage();
  const { job, request } = jobOf(api, to, ['2026/11/a #1.pdf', '2026/b.pdf', 'c.pdf']);
  const { saved } = await perform(activities, COLLECT, request);
  const paths = ['2026/11/a #1.json', '2026/b.json', 'c.json'];
  expect(saved.map(({ location }) => relative(outbox, fileURLToPath(location)))).toEqual(paths);
  expect(await storedIn(outbox)).toEqual(Object.fromEntries(paths.map((path) => [path, job.id])));
  for (const { location, sha256 } of saved)
    expect(
      createHash('sha256')
        .update(await readFile(fileURLToPath(location)))
        .digest('hex'),
    ).toBe(sha256);
});

test('those that would share a name have a hash, whichever is fetched first', async () => {
  const { api, activities, to, outbox } = await withStorage();
  const { request } = jobOf(api, to, ['a.pdf', 'x/b.pdf', 'A.docx']);
  for (const files of [request.files, request.files.toReversed()])
    await perform(activities, COLLECT, { ...request, files, parallel: 1 });
  expect(Object.keys(await storedIn(outbox))).toEqual(['A-d2.json', 'a-d0.json', 'x/b.json']);
});

test("every node's output has its own name", async () => {
  const { api, activities, to, outbox } = await withStorage();
  const { job, request } = jobOf(api, to, ['a.pdf'], '{stem}/{node}.json');
  await perform(activities, COLLECT, { ...request, which: 'all' });
  expect(Object.keys(await storedIn(outbox))).toEqual(job.nodeIds.map((nodeId) => `a/${nodeId}.json`).sort());
});

test('files of no document keep the names that they have without a template, where this one needs a document', async () => {
  const { api, activities, to, outbox } = await withStorage();
  const { job, request } = jobOf(api, to, ['a.pdf', '']);
  const other = { fileId: job.fileIds[1]!, nodeIds: [], path: null, hash: null } as never;
  const files = [request.files[0]!, other];
  await perform(activities, COLLECT, { ...request, files });
  const byDefault = outputName({ jobId: job.id, fileId: job.fileIds[1]!, nodeId: null });
  expect(Object.keys(await storedIn(outbox)).sort()).toEqual([byDefault, 'a.json'].sort());
  await perform(activities, COLLECT, { ...request, files, name: 'all/{fileId}' });
  expect(await readdir(join(outbox, 'all'))).toEqual(job.fileIds.toSorted());
});

test("another job's outputs are replaced, and never taken for this one's", async () => {
  const { api, activities, to, outbox } = await withStorage();
  const paths = ['a.pdf', 'x/b.pdf'];
  const [first, second] = [jobOf(api, to, paths), jobOf(api, to, paths)];
  const before = await perform(activities, COLLECT, first.request);
  const after = await perform(activities, COLLECT, second.request);
  expect(after.saved.map(({ location }) => location)).toEqual(before.saved.map(({ location }) => location));
  expect(await storedIn(outbox)).toEqual({ 'a.json': second.job.id, 'x/b.json': second.job.id });
  expect(downloads(api)).toHaveLength(4);
});

test('a later attempt fetches what the one before did not save, and nothing that an earlier job left counts', async () => {
  const { api, activities, to, outbox } = await withStorage();
  const paths = ['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf', 'e.pdf'];
  await perform(activities, COLLECT, jobOf(api, to, paths).request);
  const { job, request } = jobOf(api, to, paths);
  const attempt = attemptsOf(activities, { ...request, parallel: 1 });
  let isOut = true;
  api.addFaults([[{ operation: 'downloadJobOutput', from: 3, test: () => isOut }, faults.status(503)]]);
  await failure('UnstructuredTransferError', attempt());
  const between = Object.values(await storedIn(outbox));
  expect(between.filter((jobId) => jobId === job.id)).toHaveLength(2);
  isOut = false;
  const { saved } = await attempt();
  expect(saved.map(({ fileId }) => fileId)).toEqual(job.fileIds);
  expect(new Set(Object.values(await storedIn(outbox)))).toEqual(new Set([job.id]));
  const fetched = api.requests.slice(paths.length).filter(({ status }) => status === 200);
  expect(fetched.map(({ query }) => query['file_id']).toSorted()).toEqual(job.fileIds.toSorted());
});

test('what is there is looked for where no other job can have the name', async () => {
  const sink = new MemorySink();
  const { api, activities } = await withStorage({}, { sinks: { mem: sink } });
  const { request } = jobOf(api, 'mem:out', ['a.pdf', 'b.pdf'], '{stem}-{hash}.json');
  const first = await perform(activities, COLLECT, request);
  expect(await perform(activities, COLLECT, request)).toEqual(first);
  expect(sink.finds.map(({ isThere }) => isThere)).toEqual([false, false, true, true]);
  await perform(activities, COLLECT, { ...request, name: '{stem}.json' });
  expect(sink.finds).toHaveLength(4);
  expect(downloads(api)).toHaveLength(4);
});

test('a folder in the place of an output takes no other output down', async () => {
  const { api, activities, to, outbox } = await withStorage();
  await mkdir(join(outbox, 'a.json'));
  await writeFile(join(outbox, 'a.json/x'), '[]');
  const { request } = jobOf(api, to, ['a.pdf', 'b.pdf']);
  const { saved, lost } = await perform(activities, COLLECT, { ...request, onLost: 'return' });
  expect(saved.map(({ location }) => relative(outbox, fileURLToPath(location)))).toEqual(['b.json']);
  expect(lost).toMatchObject([{ type: 'UnstructuredStorageError', code: 'EISDIR' }]);
});
