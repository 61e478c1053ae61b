// What comes after a job ran: outputs that tell their input, failed files, and cancels with their races.
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../../src/testing';
import { lifecycle, TEMPLATE, textFile } from '../../lifecycle';

test('each output tells of which input, file and node it is', async () => {
  const { api, client, clock } = await lifecycle();
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf'), textFile('b.pdf')]);
  clock.advance(10_000);
  const [first, second] = job.inputFileIds!;
  const read = async (fileId: string, nodeId?: string) =>
    JSON.parse(await text((await client.downloadJobOutput(job.id, fileId, { nodeId })).body)) as { metadata: object }[];
  const { sha256, bytes } = api.job(job.id)!.uploads[1]!;
  const nodes = api.job(job.id)!.nodeIds;
  expect((await read(second!))[0]?.metadata).toMatchObject({ file_id: second, node_id: nodes.at(-1), sha256, bytes });
  expect((await read(first!, nodes[0]))[0]?.metadata).toMatchObject({ file_id: first, node_id: nodes[0] });
});

test('an output may be an object, of any size, and missing without a node', async () => {
  const { client, clock } = await lifecycle({
    startedJobs: { outputs: 'object', outputBytes: 100_000 },
    answers: { gzip: false },
  });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  await expect(client.downloadJobOutput(job.id, job.inputFileIds![0]!)).rejects.toThrow('answered 404');
  clock.advance(10_000);
  const output = await client.downloadJobOutput(job.id, job.inputFileIds![0]!);
  expect(output.bytes).toBe(100_000);
  expect(Object.keys(JSON.parse(await text(output.body)) as object)).toEqual(['extracted']);
});

test('an output may be missing for a while after its job is COMPLETED', async () => {
  const { client, clock } = await lifecycle({ answers: { outputLag: '5s' } });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  const fileId = job.inputFileIds![0]!;
  while ((await client.getJob(job.id)).status !== 'COMPLETED') clock.advance(100);
  clock.advance(4_800);
  await expect(client.downloadJobOutput(job.id, fileId)).rejects.toThrow('answered 404: Output not found');
  clock.advance(200);
  expect(await text((await client.downloadJobOutput(job.id, fileId)).body)).toContain('a.pdf');
});

test('details may lag behind a job that is over', async () => {
  const { client, clock } = await lifecycle({
    startedJobs: { failedFiles: { 'a.pdf': 'encrypted' } },
    answers: { detailsLag: '5s' },
  });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  while ((await client.getJob(job.id)).status !== 'COMPLETED') clock.advance(100);
  clock.advance(4_800);
  expect(await client.getJobDetails(job.id)).toMatchObject({
    processingStatus: 'IN_PROGRESS',
    nodeStats: [{ inProgress: 1, failure: 0 }, {}, {}, {}],
  });
  expect(await client.getJobFailedFiles(job.id)).toEqual([]);
  clock.advance(200);
  expect((await client.getJobDetails(job.id)).processingStatus).toBe('COMPLETED_WITH_ERRORS');
  expect(await client.getJobFailedFiles(job.id)).toHaveLength(1);
});

test('a running job’s files may go from node to node, and stand still past the last one', async () => {
  const { client, clock } = await lifecycle({
    answers: { nodeTakes: '10s' },
    startedJobs: { nodes: 2, timeline: [['SCHEDULED', '5s'], ['IN_PROGRESS', '1h'], ['COMPLETED']] },
  });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf'), textFile('b.pdf')]);
  const counts = async () =>
    (await client.getJobDetails(job.id)).nodeStats.map(({ ready, inProgress, success }) => [
      ready,
      inProgress,
      success,
    ]);
  const seen = [];
  for (const ms of [4_999, 1, 9_999, 1, 10_000, 3_000_000]) {
    clock.advance(ms);
    seen.push(await counts());
  }
  const [ready, inProgress, done] = [
    [2, 0, 0],
    [0, 2, 0],
    [0, 0, 2],
  ];
  const pairs = [
    [ready, ready],
    [inProgress, ready],
    [inProgress, ready],
    [done, inProgress],
    [done, done],
    [done, done],
  ];
  expect(seen).toEqual(pairs);
});

test('some deployments have no output without a node', async () => {
  const { api, client, clock } = await lifecycle({ answers: { finalOutput: 'notFound' } });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  clock.advance(10_000);
  const fileId = job.inputFileIds![0]!;
  await expect(client.downloadJobOutput(job.id, fileId)).rejects.toThrow('answered 404');
  const { body } = await client.downloadJobOutput(job.id, fileId, { nodeId: api.job(job.id)!.nodeIds.at(-1)! });
  expect(await text(body)).toContain('a.pdf');
});

test.each(['name', 'fileId', 'path'] as const)('failed files are told by %s', async (failedFileNames) => {
  const failedFiles = { 'b.pdf': 'encrypted' };
  const { client, clock } = await lifecycle({ startedJobs: { failedFiles }, answers: { failedFileNames } });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf'), textFile('b.pdf')]);
  expect((await client.getJobDetails(job.id)).processingStatus).toBe('SCHEDULED');
  clock.advance(10_000);
  const details = await client.getJobDetails(job.id);
  expect(details).toMatchObject({ processingStatus: 'COMPLETED_WITH_ERRORS' });
  expect(details.nodeStats[0]).toMatchObject({ success: 1, failure: 1 });
  const document = { name: 'b.pdf', fileId: job.inputFileIds![1], path: '/tmp/input/b.pdf' }[failedFileNames];
  expect(await client.getJobFailedFiles(job.id)).toEqual([{ document, error: 'encrypted' }]);
  expect((await client.getJobFileStatus(job.id)).files.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILURE']);
});

test('a job without failed files is a SUCCESS', async () => {
  const { api, client } = await lifecycle();
  expect((await client.getJobDetails(api.addJob().id)).processingStatus).toBe('SUCCESS');
});

test('file status may be asked for twelve times a minute', async () => {
  const { api, client, clock } = await lifecycle();
  const { id } = api.addJob();
  for (let n = 0; n < 12; n++) await client.getJobFileStatus(id);
  await expect(client.getJobFileStatus(id)).rejects.toThrow('answered 429');
  clock.advance(60_000);
  expect((await client.getJobFileStatus(id)).files).toHaveLength(1);
});

test('a cancel stops a job at once', async () => {
  const { client } = await lifecycle();
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  await client.cancelJob(job.id);
  expect((await client.getJob(job.id)).status).toBe('STOPPED');
});

test.each([
  ['before it takes effect ends as it would have', 20_000, 'COMPLETED'],
  ['after it took effect is stopped', 5_000, 'STOPPED'],
])('a job that ends %s', async (_, cancelTakes, status) => {
  const { client, clock } = await lifecycle({ answers: { cancelTakes } });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  await client.cancelJob(job.id);
  expect((await client.getJob(job.id)).status).toBe('SCHEDULED');
  clock.advance(30_000);
  expect((await client.getJob(job.id)).status).toBe(status);
});

test.each<[string, TimelineStep[]]>([
  ['by time', [['IN_PROGRESS', '2m'], ['COMPLETED']]],
  ['by checks', [['IN_PROGRESS', { checks: 3 }], ['COMPLETED']]],
])('a job that was stopped stays so, though its timeline would end %s', async (_, timeline) => {
  const { api, client, clock } = await lifecycle();
  const { id } = api.addJob({ timeline });
  await client.getJob(id);
  await client.cancelJob(id);
  for (let n = 0; n < 5; n++) {
    expect((await client.getJob(id)).status).toBe('STOPPED');
    clock.advance(60_000);
  }
});

test('what a cancel answers is JSON', async () => {
  const { api } = await lifecycle();
  for (const { id } of [api.addJob(), api.addJob({ timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']] })]) {
    const headers = { 'unstructured-api-key': api.apiKey };
    const response = await fetch(`${api.url}/api/v1/jobs/${id}/cancel`, { method: 'POST', headers });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    await expect(response.json()).resolves.toBeNull();
  }
});

test('a cancel may have no effect', async () => {
  const { client } = await lifecycle({ answers: { cancelEffect: 'nothing' } });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  await client.cancelJob(job.id);
  expect((await client.getJob(job.id)).status).toBe('SCHEDULED');
});

test.each([200, 404, 409] as const)('a cancel of a finished job may answer %i', async (cancelOfFinished) => {
  const { api, client } = await lifecycle({ answers: { cancelOfFinished } });
  const cancelled = client.cancelJob(api.addJob().id);
  if (cancelOfFinished === 200) await expect(cancelled).resolves.toBeUndefined();
  else await expect(cancelled).rejects.toThrow(`answered ${cancelOfFinished}`);
});
