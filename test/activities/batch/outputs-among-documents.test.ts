// Outputs that would be stored among the documents: they would replace documents, or be processed as documents by the next batch.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import type { PlanAnswer, PlanRequest } from '../../../src/core/batch/plan';
import { PLAN_JOBS } from '../../../src/core/names';
import { Storage } from '../../../src/storage/storage';
import { outputCheck } from '../../../activities/batch/check-outputs';
import { createPlanJobs } from '../../../activities/plan-jobs';
import { temporaryFolder } from '../../testing/temporary-folder';
import { environment } from '../support';

const DEFAULT_NAME = '{path}/{stem}.json';

/** A worker that may read and write below one folder, with these files in it. */
async function folderOf(...files: string[]) {
  const root = await temporaryFolder();
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), 'x');
  }
  const storage = new Storage({ documents: { folders: [root] }, outputs: { folders: [root] } });
  const activities = createPlanJobs(storage);
  const url = (path: string) => pathToFileURL(join(root, path)).href;
  const plan = (to: string, documents: PlanRequest['documents'], name?: string) => {
    const request: PlanRequest = {
      to,
      key: 'k',
      documents,
      name,
      perJob: 10,
      maxJobBytes: 1_000_000,
      maxDocumentBytes: 1_000_000,
      digest: 'd',
      options: { version: 1, parallel: 5, tolerated: 1, startSpacing: 1_100, continueAsNewAfterEvents: 8_000 },
    };
    return environment({}).run<[PlanRequest], PlanAnswer, never>(activities[PLAN_JOBS] as never, request);
  };
  return { root, url, plan };
}

const listed = {
  type: 'UnstructuredValidationError',
  nonRetryable: true,
  message: expect.stringMatching(
    /would be listed as a document of documents\.from|would replace the document/,
  ) as string,
};

test.each([
  ['the folder of the documents itself, with a glob that outputs match', 'in', 'in', ['**/*.json']],
  ['the folder of the documents itself, with a glob of everything', 'in', 'in', '**'],
  ['a folder below', 'in', 'in/out', undefined],
  ['a folder below, by a link', 'in', 'link-to-out', undefined],
  ['a folder below one that a link leads to', 'link-to-in', 'in/out', undefined],
  ['a folder that does not exist yet, behind a link', 'in', 'link-to-out/new', '**/*.json'],
  ['a folder above, in which a document has the path of the documents', 'in/sub', 'in', undefined],
  ['a folder in which a link leads to a folder of the documents', 'in', 'links', undefined],
])('outputs in %s are refused before anything is sent', async (_what, from, to, match) => {
  const { root, url, plan } = await folderOf('in/sub/a.json', 'in/sub/sub/b.pdf', 'in/out/c.json');
  await symlink(join(root, 'in'), join(root, 'link-to-in'));
  await symlink(join(root, 'in/out'), join(root, 'link-to-out'));
  await mkdir(join(root, 'links'));
  await symlink(join(root, 'in/sub'), join(root, 'links/sub'));
  await expect(plan(url(to), { from: `${url(from)}/`, match }, DEFAULT_NAME)).rejects.toMatchObject(listed);
});

test.each([
  ['are not below its folder', 'in', 'out', undefined, DEFAULT_NAME],
  ['do not match its globs', 'in', 'in', '**/*.pdf', DEFAULT_NAME],
  ['are excluded by a glob', 'in', 'in/out', ['**', '!out/**'], DEFAULT_NAME],
  ['are hidden', 'in', 'in/.out', undefined, DEFAULT_NAME],
  ['go to a folder whose name only begins alike', 'in', 'in-2', undefined, DEFAULT_NAME],
  ['have names that differ by their ending', 'in', 'in', ['**', '!**/*.out'], '{path}/{stem}.out'],
  ['have unique names that are excluded', 'in', 'in', ['**', '!**/*-[0-9a-f]*.json'], '{path}/{stem}-{hash}.json'],
  ['have the names of their documents and another ending', 'in', 'in', ['**', '!**/*.pdf.json'], '{fileId}.json'],
  ['have no template, and are excluded', 'in', 'in', ['**', '!*.pdf-????????????????.json'], undefined],
])('a batch whose outputs %s is planned', async (_what, from, to, match, name) => {
  const { url, plan } = await folderOf('in/a.pdf', 'in/sub/b.pdf');
  const { plan: made } = await plan(url(to), { from: url(from), match }, name);
  expect(made.documents).toBe(2);
});

test.each([
  ['unique names', '{stem}-{hash}.json', '**/*.json'],
  ['unique names, some of which are excluded', '{stem}-{hash}.json', ['**/*.json', '!**/*-0*.json']],
  ['unique names, only some of which are listed', '{stem}-{hash}.json', ['*-f*.json', 'a.json']],
  ['names of nodes, of which one is excluded', '{stem}-{node}.json', ['**/*.json', '!**/*-final.json']],
  ['names of files', '{fileId}.out', ['**/*', '!**/_.out']],
  ['no template', undefined, '**/*.json'],
  ['no template, and another name excluded', undefined, ['**/*.json', '!**/output.json']],
])('outputs with %s are refused as well if a glob matches them', async (_what, name, match) => {
  const { url, plan } = await folderOf('in/a.json');
  const folder = url('in');
  await expect(plan(folder, { from: folder, match }, name)).rejects.toMatchObject(listed);
});

test.each([
  ['no template', undefined, 1],
  ['folders of documents', '{path}/{stem}-{hash}.json', 1],
  ['folders of nodes', '{node}/{hash}.json', 16],
])('outputs elsewhere, with %s, are resolved once in each folder', async (_what, name, times) => {
  const isListed = vi.fn(() => Promise.resolve(undefined));
  const storage = { canStore: () => true, firstReplaced: () => Promise.reject(new Error('nothing is named')) };
  const request = { documents: { from: 'file:///in/' }, to: 'file:///out/', name } as PlanRequest;
  const reasonByOutput = await outputCheck({ ...storage, listsOutputs: () => Promise.resolve(isListed) }, request);
  expect(await reasonByOutput({ ref: 'file:///in/a.pdf', path: 'a.pdf' })).toBeUndefined();
  expect(isListed).toHaveBeenCalledTimes(times);
});

test.each([
  ['s3://b/in/', 'file:///out/'],
  ['file:///in/', 's3://b/out/'],
])('outputs of %s in %s are not resolved, because no link leads there', async (from, to) => {
  expect(await new Storage().listsOutputs(from, to, undefined)).toBeUndefined();
});

test('folders in S3 are compared by their keys', async () => {
  const storage = new Storage();
  const isListed = async (from: string, to: string, output: string, match?: string) =>
    (await (await storage.listsOutputs(from, to, match))?.(output)) ?? false;
  expect(await isListed('s3://b/in', 'S3://b/in/out', 'a.json')).toBe(true);
  expect(await isListed('s3://b/in', 's3://b/', 'in/a.json')).toBe(true);
  expect(await isListed('s3://b/in', 's3://b/', 'in-2/a.json')).toBe(false);
  expect(await isListed('s3://b/in/', 's3://c/in/', 'a.json')).toBe(false);
  expect(await isListed('s3://b/in/', 's3://b/in/', 'a.json', '*.pdf')).toBe(false);
});

test('documents in S3 are compared by their keys, whatever the case of the scheme', async () => {
  const replaced = (to: string, output: string) =>
    new Storage().firstReplaced(['S3://b/in/x.pdf', 's3://b/in/A%20b.json'], to, ['y.json', output]);
  expect(await replaced('S3://b/in', 'A%20b.json')).toBe('s3://b/in/A%20b.json');
  expect(await replaced('s3://b/', 'in/A%20b.json')).toBe('s3://b/in/A%20b.json');
  expect(await replaced('s3://b/in/', 'x.pdf')).toBe('S3://b/in/x.pdf');
  for (const [to, output] of [
    ['s3://b/in/', 'A b.json'],
    ['s3://b/in/', 'a%20b.json'],
    ['s3://c/in/', 'x.pdf'],
  ] as const)
    expect(await replaced(to, output)).toBeUndefined();
});

test.each([
  ['named alone', (url: string) => [{ ref: `${url}/a%20b.json` }]],
  [
    'named with others',
    (url: string) => [
      { ref: `${url}/c.pdf` },
      { ref: `${url}/a%20b.json`, name: 'x.pdf' },
      { ref: `${url}/a%20b.pdf` },
    ],
  ],
])('an output that would replace a document, %s, is refused', async (_what, documents) => {
  const { url, plan } = await folderOf('in/a b.json', 'in/a b.pdf', 'in/c.pdf');
  await expect(plan(url('in'), documents(url('in')), '{stem}.json')).rejects.toMatchObject({
    type: 'UnstructuredValidationError',
    message: expect.stringMatching(/^An output would replace the document file:.*a%20b\.json/) as string,
  });
  const { plan: made } = await plan(url('out'), documents(url('in')), '{stem}.json');
  expect(made.documents).toBe(documents('').length);
});

test.each([
  ['a document behind a link to its folder', 'link-to-in', 'in/a.json', DEFAULT_NAME],
  ['a document of its folder, named by a link', 'in', 'link-to-in/a.json', DEFAULT_NAME],
  ['the file that a link leads to', 'in', 'links/b.json', '{stem}.json'],
  ['a link to a document', 'links', 'links/b.json', '{stem}.json'],
  ['a document below a folder that is a link', 'out', 'in/sub/c.json', '{path}/{stem}.json'],
])('an output that would replace %s is refused', async (_what, to, document, name) => {
  const { root, url, plan } = await folderOf('in/a.json', 'in/sub/c.json', 'in/b.json', 'links/x', 'out/x');
  await symlink(join(root, 'in'), join(root, 'link-to-in'));
  await symlink(join(root, 'in/b.json'), join(root, 'links/b.json'));
  await symlink(join(root, 'in/sub'), join(root, 'out/sub'));
  const replacing = { message: expect.stringContaining('An output would replace the document file:') as string };
  const documents = [{ ref: url('in/x.pdf') }, { ref: url(document), path: document.replace(/^[^/]+\//, '') }];
  await expect(plan(url(to), documents, name)).rejects.toMatchObject(replacing);
  const { plan: made } = await plan(url('elsewhere'), documents, name);
  expect(made.documents).toBe(2);
});

test('a document with the name of an output of a node is not replaced', async () => {
  const output = 'a-5c3ba1d0-6f6e-4a65-9a4d-2f4f3c1c9f10.json';
  const { url, plan } = await folderOf('in/a.pdf', `in/${output}`);
  const documents = ['a.pdf', output].map((name) => ({ ref: url(`in/${name}`) }));
  await expect(plan(url('in'), documents, '{stem}-{node}.json')).rejects.toMatchObject({
    message: expect.stringContaining(`would replace the document ${url(`in/${output}`)}`) as string,
  });
  const { plan: made } = await plan(url('in'), documents, '{stem}-{node}.txt');
  expect(made.documents).toBe(2);
});
