// Outputs are saved whole, side by side and once.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { CollectRequest } from '../../src/core/run/collect';
import { type Fault, faults } from '../../src/testing';
import { quiet } from '../support/logs';
import { MemorySink } from './memory-sink';
import { attemptsOf, completed, environment, failure, perform, withStorage } from './support';

const COLLECT = 'unstructured.collectJobOutputs';
const DOWNLOADS = { operation: 'downloadJobOutput' } as const;

test("each file's final output, in the order asked for, with what was saved", async () => {
  const { api, activities, to, outbox } = await withStorage();
  const { job, files } = completed(api);
  const { saved, lost } = await perform(activities, COLLECT, {
    jobId: job.id,
    files: files.toReversed(),
    which: 'final',
    to,
  });
  expect(lost).toEqual([]);
  expect(saved.map(({ fileId }) => fileId)).toEqual(job.fileIds.toReversed());
  for (const { location, bytes, sha256, contentType, jobId, nodeId, fileId } of saved) {
    const text = await readFile(fileURLToPath(location));
    expect([bytes, sha256]).toEqual([text.length, createHash('sha256').update(text).digest('hex')]);
    expect([contentType, jobId, nodeId]).toEqual(['application/json', job.id, null]);
    expect((JSON.parse(text.toString()) as [{ metadata: { file_id: string } }])[0].metadata.file_id).toBe(fileId);
  }
  expect(await readdir(outbox)).toHaveLength(3);
});

test("every node's output", async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api);
  const { saved } = await perform(activities, COLLECT, { jobId: job.id, files, which: 'all', to });
  expect(saved.map(({ nodeId }) => nodeId)).toEqual([...job.nodeIds, ...job.nodeIds, ...job.nodeIds]);
});

test('a later attempt fetches nothing that is there and whole', async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api, { files: 5 });
  const attempt = attemptsOf(activities, { jobId: job.id, files, which: 'final', to, parallel: 1 });
  let isOut = false;
  api.addFaults([[{ ...DOWNLOADS, from: 3, test: () => isOut }, faults.status(503)]]);
  isOut = true;
  const { details } = await failure('UnstructuredTransferError', attempt());
  expect(details).toMatchObject([{ savedTotal: 2, lostTotal: 3 }]);
  isOut = false;
  const fetched = (): string[] =>
    api.requests.flatMap(({ status, query }) => (status === 200 ? [query['file_id']!] : []));
  expect(fetched()).toEqual(job.fileIds.slice(0, 2));
  const { saved } = await attempt();
  expect(saved.map(({ fileId }) => fileId)).toEqual(job.fileIds);
  expect(fetched().toSorted()).toEqual(job.fileIds.toSorted());
});

test('an activity that takes the place of one that no worker took again goes on where that stood', async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api, { files: 5 });
  const named = files.map((file, n) => ({ ...file, path: `${n}.pdf` }));
  const request: CollectRequest = { jobId: job.id, files: named, which: 'final', to, name: '{stem}.json', parallel: 1 };
  let isOut = true;
  api.addFaults([[{ ...DOWNLOADS, from: 5, test: () => isOut }, faults.status(404)]]);
  let told: unknown;
  const env = environment({ attempt: 3 });
  env.on('heartbeat', (details: unknown) => (told = details));
  await failure('UnstructuredTransferError', perform(activities, COLLECT, request, {}, env));
  const before = api.requests.length;
  isOut = false;
  const { saved } = await perform(activities, COLLECT, { ...request, memory: told });
  expect(saved.map(({ fileId }) => fileId)).toEqual(job.fileIds);
  expect(api.requests).toHaveLength(before + 1);
});

test('what is there is found again where the attempt before could not tell', async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api);
  const request = { jobId: job.id, files, which: 'final', to } as const;
  const first = await perform(activities, COLLECT, request);
  expect(await perform(activities, COLLECT, request)).toEqual(first);
  expect(api.requests).toHaveLength(3);
});

test('attempts that go on for one output look at nothing that is there until the end, and then once', async () => {
  const sink = new MemorySink();
  const { api, activities } = await withStorage({}, { sinks: { mem: sink } });
  const { job, files } = completed(api, { files: 4 });
  const attempt = attemptsOf(activities, { jobId: job.id, files, which: 'final', to: 'mem:out', parallel: 1 });
  let isOut = true;
  api.addFaults([[{ ...DOWNLOADS, from: 4, test: () => isOut }, faults.status(503)]]);
  const looks = () => sink.finds.filter(({ isThere }) => isThere).length;
  for (const savedTotal of [3, 3]) {
    const { details } = await failure('UnstructuredTransferError', attempt());
    expect(details).toMatchObject([{ savedTotal, lostTotal: 1 }]);
    expect(looks()).toBe(0);
  }
  isOut = false;
  const { saved } = await attempt();
  expect(saved.map(({ fileId }) => fileId)).toEqual(job.fileIds);
  expect(looks()).toBe(3);
});

test('an output of another job under the same folder is another file', async () => {
  const { api, activities, to, outbox } = await withStorage();
  const file = { fileId: 'same.pdf' };
  const jobs = [api.addJob({ files: [file], nodes: 1 }), api.addJob({ files: [file], nodes: 1 })];
  for (const { id: jobId } of jobs)
    await perform(activities, COLLECT, { jobId, files: [{ ...file, nodeIds: [] }], which: 'final', to });
  expect(await readdir(outbox)).toHaveLength(2);
});

test('where no final output is known without a node, the last node is asked for', async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api, { files: 1, answers: { finalOutput: 'notFound' } });
  const { saved } = await perform(activities, COLLECT, { jobId: job.id, files, which: 'final', to });
  expect(saved).toMatchObject([{ fileId: job.fileIds[0], nodeId: null }]);
  expect(api.requests.map(({ query }) => query['node_id'])).toEqual([undefined, job.nodeIds.at(-1)]);
});

test.each<[string, Fault]>([
  ['a 503', faults.status(503)],
  ['a reset', faults.reset({ after: 'half' })],
  ['a truncated body', faults.truncate()],
  ['an HTML page with 200', faults.html({ status: 200 })],
  ['a body that is no JSON', faults.garbage()],
])('%s is tried again, and leaves nothing half', async (_, fault) => {
  const { api, activities, to, outbox } = await withStorage();
  const { job, files } = completed(api, { files: 1 });
  api.addFaults([[{ ...DOWNLOADS, first: 1 }, fault]]);
  const { saved } = await perform(activities, COLLECT, { jobId: job.id, files, which: 'final', to });
  const names = await readdir(outbox);
  expect(names).toHaveLength(1);
  expect(saved[0]!.location).toContain(names[0]);
});

test('an output that comes a moment after COMPLETED is waited for', async () => {
  const { api, activities, to } = await withStorage({ answers: { outputLag: '500ms' } });
  const { job, files } = completed(api, { files: 2 });
  const request = { jobId: job.id, files, which: 'final', to } as const;
  const { saved } = await perform(activities, COLLECT, request, {}, new MockActivityEnvironment({}, { logger: quiet }));
  expect(saved.map(({ fileId }) => fileId)).toEqual(job.fileIds);
  expect(api.requests.map(({ status }) => status).slice(0, 2)).toEqual([404, 404]);
});

test('a transfer that stalls is tried again, and then whole', async () => {
  const { api, activities, to } = await withStorage({}, { client: { timeouts: { body: '200ms' } } });
  const { job, files } = completed(api, { files: 1 });
  api.addFaults([[{ ...DOWNLOADS, first: 1 }, faults.hang({ after: 'half' })]]);
  const { saved } = await perform(activities, COLLECT, { jobId: job.id, files, which: 'final', to });
  const text = await readFile(fileURLToPath(saved[0]!.location));
  expect(JSON.parse(text.toString())).toMatchObject([{ metadata: { file_id: job.fileIds[0] } }]);
  expect(api.requests).toHaveLength(2);
});

test('at most as many at a time as asked for, and as many', async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api, { files: 12 });
  let [now, most] = [0, 0];
  const slow = {
    ...DOWNLOADS,
    test: () => {
      now++;
      most = Math.max(most, now);
      setTimeout(() => now--, 100);
      return true;
    },
  };
  api.addFaults([[slow, faults.delay('100ms')]]);
  await perform(activities, COLLECT, { jobId: job.id, files, which: 'final', to, parallel: 4 });
  expect(most).toBe(4);
});

test('a cancellation stays one, and leaves nothing half', async () => {
  const { api, activities, to, outbox } = await withStorage();
  const { job, files } = completed(api, { outputBytes: 500_000 });
  api.addFaults([[DOWNLOADS, faults.hang({ after: 'half' })]]);
  const env = new MockActivityEnvironment({}, { logger: quiet });
  const request = { jobId: job.id, files, which: 'final', to } as const;
  const ended = perform(activities, COLLECT, request, {}, env);
  // Each output is being written.
  const parts = () => readdir(outbox, { recursive: true });
  await expect.poll(async () => (await parts()).filter((name) => name.includes('.part/'))).toHaveLength(3);
  env.cancel();
  await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
  expect(await readdir(outbox)).toEqual([]);
});

test('heartbeats tell how many are saved', async () => {
  const { api, activities, to } = await withStorage();
  const { job, files } = completed(api);
  const env = new MockActivityEnvironment({}, { logger: quiet });
  const beats: unknown[] = [];
  env.on('heartbeat', (details: unknown) => beats.push(details));
  await perform(activities, COLLECT, { jobId: job.id, files, which: 'final', to, parallel: 1 }, {}, env);
  expect(beats).toMatchObject([1, 2, 3].map((done) => ({ phase: 'collect', done, total: 3 })));
});

test('what lies there under the name and is no file is not taken for the output', async () => {
  const { api, activities, to, outbox } = await withStorage();
  const { job, files } = completed(api, { files: 1 });
  await writeFile(join(outbox, '.half.json.part'), '[');
  const { saved } = await perform(activities, COLLECT, { jobId: job.id, files, which: 'final', to });
  expect(saved).toHaveLength(1);
});

test('an output that trickles is fetched anew', async () => {
  const { api, activities, to } = await withStorage({}, { client: { minimumRate: { bytes: 1_000, per: 200 } } });
  const { job, files } = completed(api, { files: 1 });
  api.addFaults([[{ ...DOWNLOADS, first: 1 }, faults.drip({ bytes: 1, every: '20ms' })]]);
  const request = { jobId: job.id, files, which: 'final', to } as const;
  const { saved, lost } = await perform(activities, 'unstructured.collectJobOutputs', request);
  expect([saved.length, lost]).toEqual([1, []]);
  expect(api.requests.map(({ operation }) => operation)).toEqual(['downloadJobOutput', 'downloadJobOutput']);
});
