// Jobs are started over HTTP, queue for slots, and each way of losing the answer of a start is there.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Fault, faults } from '../../../../src/testing';
import { lifecycle, TEMPLATE, textFile } from '../../lifecycle';

const AT_ONCE = { spacing: 0 };
const WORKFLOW = '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11';

test('a job goes from documents to COMPLETED on the clock', async () => {
  const { api, client, clock } = await lifecycle();
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf'), textFile('b.pdf')]);
  expect(job).toMatchObject({ status: 'SCHEDULED', jobType: 'ephemeral' });
  expect(job.inputFileIds).toHaveLength(2);
  expect(job.inputFileIds?.[0]).toMatch(/^a-[0-9a-f]{8}\.pdf$/);
  expect(job.outputNodeFiles).toHaveLength(8);
  clock.advance(2_000);
  expect((await client.getJob(job.id)).status).toBe('IN_PROGRESS');
  clock.advance(8_000);
  expect((await client.getJob(job.id)).status).toBe('COMPLETED');
  const sha256 = createHash('sha256').update('text of a.pdf').digest('hex');
  expect(api.job(job.id)?.uploads[0]).toEqual({ name: 'a.pdf', contentType: 'text/plain', bytes: 13, sha256 });
  expect(api.requests[0]).toMatchObject({ operation: 'createJob', jobId: job.id, uploads: ['a.pdf', 'b.pdf'] });
});

test('at most five jobs run; the sixth begins when one of them has ended', async () => {
  const timeline = [['SCHEDULED', 0], ['IN_PROGRESS', '10s'], ['COMPLETED']] as [string, number][];
  const { client, clock } = await lifecycle({ startedJobs: { timeline }, limits: AT_ONCE });
  const jobs = [];
  for (let n = 0; n < 6; n++) jobs.push(await client.createJob(TEMPLATE, [textFile('a.pdf')]));
  expect(jobs.map(({ status }) => status)).toEqual([...Array<string>(5).fill('IN_PROGRESS'), 'SCHEDULED']);
  clock.advance(9_999);
  expect((await client.getJob(jobs[5]!.id)).status).toBe('SCHEDULED');
  clock.advance(1);
  expect((await client.getJob(jobs[5]!.id)).status).toBe('IN_PROGRESS');
});

test('a queued job keeps its first status until it has a slot', async () => {
  const timeline = [['SCHEDULED', 0], ['IN_PROGRESS', '10s'], ['COMPLETED']] as [string, number][];
  const { client, clock } = await lifecycle({ slots: 1, startedJobs: { timeline }, limits: AT_ONCE });
  const first = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  const second = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  expect([first.status, second.status]).toEqual(['IN_PROGRESS', 'SCHEDULED']);
  clock.advance(14_000);
  expect((await client.getJob(second.id)).status).toBe('IN_PROGRESS');
  clock.advance(6_000);
  expect((await client.getJob(second.id)).status).toBe('COMPLETED');
});

test('a cancelled job gives its slot away', async () => {
  const timeline = [['SCHEDULED', 0], ['IN_PROGRESS', '10s'], ['COMPLETED']] as [string, number][];
  const { client, clock } = await lifecycle({ slots: 1, startedJobs: { timeline }, limits: AT_ONCE });
  const first = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  const second = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  clock.advance(1_000);
  await client.cancelJob(first.id);
  expect((await client.getJob(second.id)).status).toBe('IN_PROGRESS');
});

test('a workflow runs once at a time and says so with a 202 without a job', async () => {
  const { api, client, clock } = await lifecycle();
  const { id } = api.addWorkflow({ id: WORKFLOW, runs: { files: ['from-connector.pdf'] } });
  const first = await client.runWorkflow(id);
  expect(first).toMatchObject({
    started: true,
    job: { workflowId: id, inputFileIds: [expect.stringMatching(/^from-/)] },
  });
  expect(await client.runWorkflow(id)).toMatchObject({
    started: false,
    detail: expect.stringContaining('in progress'),
  });
  clock.advance(20_000);
  expect(await client.runWorkflow(id, [textFile('a.pdf')])).toMatchObject({ started: true });
  await expect(client.runWorkflow(WORKFLOW.replace('7', '8'))).rejects.toThrow('answered 404');
});

test.each<[string, Fault[], number, object]>([
  ['reset after acceptance', [faults.reset()], 1, { kind: 'connection' }],
  ['502 after acceptance', [faults.html({ status: 502 })], 1, { kind: 'server', status: 502 }],
  ['answer cut', [faults.truncate()], 1, { kind: 'response', status: 200 }],
  ['upload cut', [faults.notAccepted(), faults.reset()], 0, { kind: 'connection' }],
  ['502 without acceptance', [faults.notAccepted(), faults.html({ status: 502 })], 0, { kind: 'server', status: 502 }],
  ['429', [faults.notAccepted(), faults.rateLimit({ retryAfter: 7 })], 0, { kind: 'rateLimit', retryAfterMs: 7_000 }],
])('%s', async (_, list, accepted, details) => {
  const { api, client } = await lifecycle({
    faults: [[{ operation: 'createJob', first: 1 }, ...list]],
    limits: AT_ONCE,
  });
  await expect(client.createJob(TEMPLATE, [textFile('a.pdf')])).rejects.toMatchObject({ details });
  expect(api.jobs).toHaveLength(accepted);
  await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  expect(api.jobs).toHaveLength(accepted + 1);
});

test('starts that follow each other within a second are refused with 429, whichever they are of', async () => {
  const { api, client, clock } = await lifecycle();
  const { id } = api.addWorkflow();
  await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  clock.advance(999);
  await expect(client.runWorkflow(id)).rejects.toMatchObject({ details: { kind: 'rateLimit' } });
  clock.advance(1);
  await client.runWorkflow(id);
  await expect(client.createJob(TEMPLATE, [textFile('a.pdf')])).rejects.toThrow('answered 429');
  expect(api.jobs).toHaveLength(2);
  await api.reset();
  await client.createJob(TEMPLATE, [textFile('a.pdf')]);
});

test('of starts that come at the same time one is taken, however long the clock takes to tell it', async () => {
  const { api, client } = await lifecycle({ now: () => sleep(20, 0) });
  const starts = ['a.pdf', 'b.pdf', 'c.pdf'].map((name) => client.createJob(TEMPLATE, [textFile(name)]));
  const ended = await Promise.allSettled(starts);
  expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(api.jobs).toHaveLength(1);
});

test('a reset forgets what jobs that are started are like', async () => {
  const { api, client } = await lifecycle();
  api.setStartedJobs({ timeline: ['FAILED'] });
  await api.reset();
  await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  expect(await api.jobs[0]!.status()).toBe('SCHEDULED');
});

test.each([
  ['more than ten files', {}, Array.from({ length: 11 }, (_, n) => `${n}.pdf`), 422],
  ['ten files', {}, Array.from({ length: 10 }, (_, n) => `${n}.pdf`), undefined],
  ['more files than it is told to take', { files: 1 }, ['a', 'b'], 422],
  ['a file larger than it is told to take', { fileBytes: 9 }, ['a', 'bb'], 422],
  ['files as large as it is told to take', { fileBytes: 9 }, ['a', 'b'], undefined],
])('a start with %s is refused, or not', async (_what, limits, names, status) => {
  const { api, client } = await lifecycle({ limits });
  const started = client.createJob(
    TEMPLATE,
    names.map((name) => textFile(name)),
  );
  if (status === undefined) await started;
  else await expect(started).rejects.toMatchObject({ details: { status } });
  expect(api.jobs).toHaveLength(status === undefined ? 1 : 0);
});

test('a list may lag behind', async () => {
  const { client, clock } = await lifecycle({ answers: { listLag: '5s' } });
  const job = await client.createJob(TEMPLATE, [textFile('a.pdf')]);
  expect(await client.listJobs({ status: 'SCHEDULED' })).toEqual({ jobs: [], unreadable: [] });
  clock.advance(5_000);
  const { jobs } = await client.listJobs({ status: 'IN_PROGRESS' });
  expect(jobs.map(({ id }) => id)).toEqual([job.id]);
});

test.each([
  ['no form', 'application/json', '{}'],
  [
    'no request data',
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
  ],
])('%s is a 422', async (_, type, body) => {
  const { api } = await lifecycle();
  const headers = { 'unstructured-api-key': api.apiKey, 'content-type': type };
  const response = await fetch(`${api.url}/api/v1/jobs/`, { method: 'POST', headers, body });
  expect(response.status).toBe(422);
  expect(api.jobs).toEqual([]);
});
