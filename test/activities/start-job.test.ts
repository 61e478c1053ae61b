// A start judges every document before it sends anything, sends once, and says of each failure whether a job may have begun.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it, onTestFinished, test, vi } from 'vitest';
import { createUnstructuredActivities, Storage } from '../../activities';
import { UnstructuredClient } from '../../src/api/client';
import type { DocumentSource } from '../../src/storage/source';
import { type FakeUnstructured, type Fault, faults } from '../../src/testing';
import { quiet } from '../support/logs';
import { failure, perform, withStorage } from './support';

const CREATE = 'unstructured.createJob';
const RUN = 'unstructured.runWorkflow';
const jobToStart = { templateId: 'hi_res_partition' };
const maxDocumentBytes = 1_000;

test('documents go out in order, under the names given, with their types', async () => {
  const { api, activities, inbox, inboxUrl } = await withStorage();
  await writeFile(join(inbox, 'a.pdf'), 'first');
  await writeFile(join(inbox, 'b.xyz'), 'second');
  const documents = [
    { ref: `${inboxUrl}/a.pdf`, uploadName: 't-0-a.pdf' },
    { ref: `${inboxUrl}/b.xyz`, uploadName: 't-1-b.xyz', contentType: 'text/plain' },
    { ref: `${inboxUrl}/b.xyz`, uploadName: 't-2-b.unknown' },
  ];
  const answer = await perform(activities, CREATE, { start: jobToStart, documents, maxDocumentBytes });
  const [job] = api.jobs;
  expect(answer).toMatchObject({
    started: true,
    job: { id: job!.id, status: 'SCHEDULED' },
    inputFileIds: [/^t-0-a-/, /^t-1-b-/, /^t-2-b-/].map((form) => expect.stringMatching(form) as unknown),
  });
  const [first, second] = ['first', 'second'].map((text) => createHash('sha256').update(text).digest('hex'));
  expect(job!.uploads).toEqual([
    { name: 't-0-a.pdf', bytes: 5, contentType: 'application/pdf', sha256: first },
    { name: 't-1-b.xyz', bytes: 6, contentType: 'text/plain', sha256: second },
    { name: 't-2-b.unknown', bytes: 6, contentType: 'application/octet-stream', sha256: second },
  ]);
});

test('lists that are too large to travel are left out: the job that was started is known all the same', async () => {
  const { api, activities, inbox, inboxUrl } = await withStorage();
  await writeFile(join(inbox, 'a.pdf'), 'a');
  const files = Array.from({ length: 9_000 }, (_, n) => ({ node_id: `node-${n}`, file_id: 'a'.repeat(200) }));
  const ids = files.map(({ file_id }) => file_id);
  api.addFaults([[1, faults.patch({ set: { input_file_ids: ids, output_node_files: files } })]]);
  const documents = [{ ref: `${inboxUrl}/a.pdf`, uploadName: 'a.pdf' }];
  const answer = await perform(
    activities,
    CREATE,
    { start: jobToStart, documents, maxDocumentBytes },
    { startToCloseTimeoutMs: 60_000, scheduleToCloseTimeoutMs: 0 },
  );
  expect(answer).toMatchObject({
    started: true,
    job: { id: api.jobs[0]!.id },
    inputFileIds: null,
    outputNodeFiles: null,
  });
});

test('a workflow is run, and one that runs already says so', async () => {
  const { api, activities } = await withStorage();
  const { id } = api.addWorkflow();
  const request = { start: { workflowId: id }, documents: [], maxDocumentBytes };
  expect(await perform(activities, RUN, request)).toMatchObject({ started: true });
  expect(await perform(activities, RUN, request)).toMatchObject({
    started: false,
    detail: expect.stringContaining('in progress') as unknown,
  });
});

test('a run without documents tells with its failure which jobs were there right before it was sent', async () => {
  const { api, activities } = await withStorage();
  const { id } = api.addWorkflow();
  const add = (createdAt: string) => api.addJob({ workflowId: id, createdAt });
  const [, there] = [add('2025-12-31T23:59:59Z'), add('2026-01-01T00:00:00Z')];
  const [env, beats] = environment();
  api.addFaults([[{ operation: 'runWorkflow' }, faults.html({ status: 502 })]]);
  const request = { start: { workflowId: id }, documents: [], maxDocumentBytes, listJobsSince: '2026-01-01T00:00:00Z' };
  const { details } = await failure('UnstructuredServerError', perform(activities, RUN, request, {}, env));
  expect(details).toMatchObject([{ status: 502 }, { earlierJobIds: [there.id] }]);
  expect(beats).toEqual([{ earlierJobIds: [there.id] }]);
  expect(api.requests.map(({ operation }) => operation)).toEqual(['listJobs', 'runWorkflow']);
});

test.each<[string, (api: FakeUnstructured, workflowId: string) => void]>([
  ['can not be had', (api) => api.addFaults([[{ operation: 'listJobs' }, faults.status(503)]])],
  [
    'can not all be read',
    (api) => api.addFaults([[{ operation: 'listJobs' }, faults.status(200, { body: [{ status: 'SCHEDULED' }] })]]),
  ],
  ['are too many', (api, workflowId) => Array.from({ length: 101 }, () => api.addJob({ workflowId }))],
])('where the jobs before %s, the run goes out, and none is told', async (_, prepare) => {
  const { api, activities } = await withStorage();
  const { id } = api.addWorkflow();
  prepare(api, id);
  api.addFaults([[{ operation: 'runWorkflow' }, faults.reset()]]);
  const request = { start: { workflowId: id }, documents: [], maxDocumentBytes, listJobsSince: '2026-01-01T00:00:00Z' };
  const { details } = await failure('UnstructuredConnectionError', perform(activities, RUN, request));
  expect(details).toHaveLength(1);
});

test.each<[string, string, Fault[], boolean]>([
  ['429', 'UnstructuredRateLimitError', [faults.notAccepted(), faults.rateLimit()], false],
  ['409', 'UnstructuredRequestError', [faults.notAccepted(), faults.status(409)], false],
  ['425', 'UnstructuredRequestError', [faults.notAccepted(), faults.status(425)], false],
  ['a 502', 'UnstructuredServerError', [faults.html({ status: 502 })], true],
  ['a 408', 'UnstructuredServerError', [faults.status(408)], true],
  ['a reset', 'UnstructuredConnectionError', [faults.reset()], true],
  ['no answer in time', 'UnstructuredTimeoutError', [faults.hang()], true],
  ['an answer that is no JSON', 'UnstructuredResponseError', [faults.garbage()], true],
  ['an answer cut short', 'UnstructuredResponseError', [faults.truncate()], true],
])('%s: whether Temporal may send it again, whatever its retry policy', async (_, type, list, isFinal) => {
  const { api, activities } = await withStorage();
  const { id } = api.addWorkflow();
  api.addFaults([[{ operation: 'runWorkflow' }, ...list]]);
  const request = { start: { workflowId: id }, documents: [], maxDocumentBytes };
  const start = (more: object) =>
    failure(type, perform(activities, RUN, { ...request, ...more }, { startToCloseTimeoutMs: 1_000 }));
  const { nonRetryable, category } = await start({ benign: true });
  expect([nonRetryable, category]).toEqual([isFinal, isFinal ? undefined : 'BENIGN']);
  expect((await start({})).category).toBeUndefined();
});

test('what never reached the service may be sent again, and what is no failure of ours may not', async () => {
  const { activities, api } = await withStorage();
  const { id } = api.addWorkflow();
  const request = { start: { workflowId: id }, documents: [], maxDocumentBytes };
  await api.close();
  expect((await failure('UnstructuredConnectionError', perform(activities, RUN, request))).nonRetryable).toBe(false);
  const broken = { runWorkflow: () => Promise.reject(new TypeError('a bug')) } as unknown as UnstructuredClient;
  const ofBroken = createUnstructuredActivities(() => broken);
  const { nonRetryable, message } = await failure('TypeError', perform(ofBroken, RUN, request));
  expect([nonRetryable, message]).toEqual([true, 'a bug']);
});

test.each<[string, () => Promise<void>]>([
  [
    'throws at once',
    () => {
      throw new Error('closed badly');
    },
  ],
  ['fails', () => Promise.reject(new Error('closed badly'))],
  ['hangs', () => new Promise(() => undefined)],
])('a document whose closing %s does not take the place of the answer', async (_, close) => {
  const { api } = await withStorage();
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const open = () => Promise.resolve({ bytes: 1, stream: () => oneByte(), close });
  const storage = new Storage({ documents: { sources: { mem: { open } } } });
  const activities = createUnstructuredActivities(() => client, storage);
  const request = { start: jobToStart, documents: [{ ref: 'mem:a.txt', uploadName: 'a.txt' }], maxDocumentBytes };
  const answer = await perform(activities, CREATE, request, { startToCloseTimeoutMs: 1_000 });
  expect(answer).toMatchObject({ started: true, job: { id: api.jobs[0]!.id } });
});

test.each<[string, string, string]>([
  ['a way up', 'malformed', '../outside.pdf'],
  ['a way up in disguise', 'malformed', '%2e%2e/outside.pdf'],
  ['an encoded separator', 'malformed', '..%2foutside.pdf'],
  ['a link that leads out', 'folderNotAllowed', 'link.pdf'],
  ['a folder', 'notAFile', 'folder'],
  ['an empty file', 'empty', 'empty.pdf'],
  ['a file that is not there', 'notFound', 'gone.pdf'],
  ['a file that is too large', 'tooLarge', 'large.pdf'],
])('%s is refused as %s, and nothing is sent', async (_, reason, name) => {
  const { api, activities, inbox, inboxUrl } = await withStorage();
  await writeFile(join(inbox, 'good.pdf'), 'good');
  await writeFile(join(inbox, '../outside.pdf'), 'secret');
  await symlink(join(inbox, '../outside.pdf'), join(inbox, 'link.pdf'));
  await mkdir(join(inbox, 'folder'));
  await writeFile(join(inbox, 'empty.pdf'), '');
  await writeFile(join(inbox, 'large.pdf'), 'x'.repeat(maxDocumentBytes + 1));
  const documents = [
    { ref: `${inboxUrl}/good.pdf`, uploadName: 'good.pdf' },
    { ref: `${inboxUrl}/${name}`, uploadName: 'bad.pdf' },
  ];
  const { nonRetryable, details } = await failure(
    'UnstructuredDocumentRefusedError',
    perform(activities, CREATE, { start: jobToStart, documents, maxDocumentBytes }),
  );
  expect(nonRetryable).toBe(true);
  expect(details).toMatchObject([{ reason }]);
  expect(api.requests).toEqual([]);
});

/** Activities whose worker reads `mem:` references from this source. */
async function withSource(source: DocumentSource) {
  const { api } = await withStorage();
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const storage = new Storage({ documents: { sources: { mem: source } } });
  const documents = [{ ref: 'mem:doc.pdf?signature=s3cret', uploadName: 'doc.pdf' }];
  const activities = createUnstructuredActivities(() => client, storage);
  return { api, start: () => perform(activities, CREATE, { start: jobToStart, documents, maxDocumentBytes }) };
}

test('a source that has trouble for now leaves a start that was certainly not sent', async () => {
  const { api, start } = await withSource({
    open: () => Promise.reject(new Error('503 from mem:doc.pdf?signature=s3cret')),
  });
  const { message, details } = await failure('UnstructuredConnectionError', start());
  expect(details).toEqual([{ kind: 'connection', notSent: true }]);
  expect(message).toBe('Document mem:doc.pdf could not be opened: 503 from mem:doc.pdf?[hidden]');
  expect(api.requests).toEqual([]);
});

test('every document is closed, also where a later one is refused', async () => {
  const closed: string[] = [];
  const storage = new Storage({
    documents: {
      sources: {
        mem: {
          open: (ref) =>
            Promise.resolve({
              bytes: ref.endsWith('empty') ? 0 : 1,
              async *stream() {},
              close: () => Promise.resolve(void closed.push(ref)),
            }),
        },
      },
    },
  });
  const activities = createUnstructuredActivities(() => new UnstructuredClient({ apiKey: 'test-key' }), storage);
  const documents = ['mem:one', 'mem:two', 'mem:empty'].map((ref) => ({ ref, uploadName: 'a' }));
  await failure(
    'UnstructuredDocumentRefusedError',
    perform(activities, CREATE, { start: jobToStart, documents, maxDocumentBytes }),
  );
  expect(closed.sort()).toEqual(['mem:empty', 'mem:one', 'mem:two']);
});

test('a 429 is told with its hint, and a lost answer without any word that it was not sent', async () => {
  const { api, activities, inbox, inboxUrl } = await withStorage();
  await writeFile(join(inbox, 'a.pdf'), 'a');
  const request = {
    start: jobToStart,
    documents: [{ ref: `${inboxUrl}/a.pdf`, uploadName: 'a.pdf' }],
    maxDocumentBytes,
  };
  api.addFaults([
    [1, faults.notAccepted(), faults.rateLimit({ retryAfter: 7 })],
    [2, faults.reset()],
  ]);
  const limited = await failure('UnstructuredRateLimitError', perform(activities, CREATE, request));
  expect(limited.details).toMatchObject([{ kind: 'rateLimit', retryAfterMs: 7_000 }]);
  const lost = await failure('UnstructuredConnectionError', perform(activities, CREATE, request));
  expect(lost.details?.[0]).not.toHaveProperty('notSent');
  expect(api.jobs).toHaveLength(1);
});

test('a document whose name is a URL with spaces and umlauts is read', async () => {
  const { api, activities, inbox } = await withStorage();
  const path = join(inbox, 'Größe 100% #1.pdf');
  await writeFile(path, 'x');
  const documents = [{ ref: pathToFileURL(path).href, uploadName: 'Größe 100% #1.pdf' }];
  await perform(activities, CREATE, { start: jobToStart, documents, maxDocumentBytes });
  expect(api.jobs[0]!.uploads[0]!.name).toBe('Größe 100% #1.pdf');
});

test.each<[string, DocumentSource['open']]>([
  ['that heeds no signal', () => new Promise(() => undefined)],
  ['that fails once told', (_, { signal }) => once(signal, 'abort').then(() => Promise.reject(new Error('stopped')))],
])('a source %s and hangs ends in a start that was certainly not sent', async (_, open) => {
  const { api } = await withStorage();
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const activities = createUnstructuredActivities(
    () => client,
    new Storage({ documents: { sources: { mem: { open } } } }),
  );
  const request = { start: jobToStart, documents: [{ ref: 'mem:a.txt', uploadName: 'a.txt' }], maxDocumentBytes };
  const start = perform(activities, CREATE, request, { startToCloseTimeoutMs: 100 });
  const { message, details } = await failure('UnstructuredConnectionError', start);
  expect(message).toMatch(/^Document mem:a\.txt could not be opened: it was not opened within \d+ ms$/);
  expect(details).toMatchObject([{ kind: 'connection', notSent: true }]);
  expect(api.requests).toEqual([]);
});

test('the request gets the time that opening the documents left of the attempt', async () => {
  const { api } = await withStorage();
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => void vi.restoreAllMocks());
  const open = () => {
    now += 40_000;
    return Promise.resolve({ bytes: 1, stream: () => oneByte() });
  };
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const createJob = vi.spyOn(client, 'createJob');
  const activities = createUnstructuredActivities(
    () => client,
    new Storage({ documents: { sources: { mem: { open } } } }),
  );
  const document = { ref: 'mem:a.txt', uploadName: 'a.txt' };
  const request = { start: jobToStart, documents: [document, document], maxDocumentBytes };
  await perform(activities, CREATE, request, { startToCloseTimeoutMs: 101_000, scheduleToCloseTimeoutMs: 0 });
  expect(createJob.mock.lastCall?.[2]).toMatchObject({ timeoutMs: 20_000 });
});

/** An activity's environment, and what its heartbeats tell. */
function environment(): [MockActivityEnvironment, unknown[]] {
  const env = new MockActivityEnvironment({}, { logger: quiet });
  const beats: unknown[] = [];
  env.on('heartbeat', (details: unknown) => beats.push(details));
  return [env, beats];
}

async function* oneByte() {
  yield await Promise.resolve(Buffer.from('a'));
}

it.each([
  ['the run that began', { originalRunId: 'r1' }, true],
  ['a run after a reset', { originalRunId: 'r0' }, false],
  ['one for which nothing was found', { originalRunId: 'r0', searchedRunId: 'r1' }, true],
  ['one that was reset once more', { originalRunId: 'r-1', searchedRunId: 'r0' }, false],
  ['one that does not say', {}, true],
])('of %s: %j', async (_, run, isSent) => {
  const { api, activities, inbox, inboxUrl } = await withStorage();
  await writeFile(join(inbox, 'a.pdf'), 'a');
  const documents = [{ ref: `${inboxUrl}/${isSent ? 'a.pdf' : 'not-even-opened.pdf'}`, uploadName: 'a.pdf' }];
  const info = { workflowExecution: { workflowId: 'w', runId: 'r1' } };
  const answer = await perform(activities, CREATE, { start: jobToStart, documents, maxDocumentBytes, ...run }, info);
  expect(answer).toMatchObject(isSent ? { started: true } : { started: false, resetRunId: 'r1' });
  expect(api.requests).toHaveLength(isSent ? 1 : 0);
});
