// The small activities: what they ask, what they leave out of histories, how they fail.
import { expect, it, test } from 'vitest';
import { faults } from '../../src/testing';
import { completed, failure, perform, withStorage } from './support';

test('a job is cancelled', async () => {
  const { api, activities } = await withStorage();
  const job = api.addJob({ timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']] });
  await perform(activities, 'unstructured.cancelJob', { jobId: job.id });
  expect(await job.status()).toBe('STOPPED');
});

test('details and failed files are told', async () => {
  const { api, activities } = await withStorage();
  const { job } = completed(api, { files: ['a.pdf', 'b.pdf'], failedFiles: { 'b.pdf': 'password' } });
  const details = await perform(activities, 'unstructured.getJobDetails', { jobId: job.id });
  expect(details.processingStatus).toBe('COMPLETED_WITH_ERRORS');
  expect(await perform(activities, 'unstructured.getJobFailedFiles', { jobId: job.id })).toMatchObject({
    failedFiles: [{ error: 'password' }],
    failedFilesTotal: 1,
  });
  const status = await perform(activities, 'unstructured.getJobFileStatus', { jobId: job.id });
  expect(status.files.map((file) => file.status)).toEqual(['SUCCESS', 'FAILURE']);
  expect(status.truncated).toBe(false);
});

it('of very many failed files as many as a payload holds, with the total', async () => {
  const { api, activities } = await withStorage();
  const names = Array.from({ length: 10_000 }, (_, index) => `${'long-name-'.repeat(10)}${index}.pdf`);
  const failedFiles = Object.fromEntries(names.map((name) => [name, 'unreadable '.repeat(10)]));
  const job = api.addJob({ files: names, nodes: 1, failedFiles });
  const answer = await perform(activities, 'unstructured.getJobFailedFiles', { jobId: job.id });
  expect(answer.failedFilesTotal).toBe(10_000);
  const bytes = Buffer.byteLength(JSON.stringify(answer.failedFiles));
  expect(bytes).toBeLessThanOrEqual(1_024 * 1_024);
  expect(bytes).toBeGreaterThan(1_000 * 1_024);
  const { files, truncated } = await perform(activities, 'unstructured.getJobFileStatus', { jobId: job.id });
  expect(truncated).toBe(true);
  expect(Buffer.byteLength(JSON.stringify(files))).toBeLessThanOrEqual(1_024 * 1_024);
});

test('jobs are listed newest first, without their lists, and those that carry a token with them', async () => {
  const { api, activities } = await withStorage();
  const workflowId = '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11';
  const [old, mine, other] = [
    api.addJob({ workflowId, createdAt: '2026-01-01T00:00:00Z' }),
    api.addJob({ workflowId, createdAt: '2026-01-03T00:00:00Z', files: ['tok3n-0-a.pdf'] }),
    api.addJob({ workflowId, createdAt: '2026-01-02T00:00:00Z', files: ['xtok3n-0-a.pdf'] }),
  ];
  const list = await perform(activities, 'unstructured.listJobs', {
    workflowId,
    createdAfter: '2026-01-01T12:00:00Z',
    token: 'tok3n',
  });
  expect(list.jobs.map(({ id }) => id)).toEqual([mine.id, other.id]);
  expect(list.total).toBe(2);
  expect(list.jobs[0]).not.toHaveProperty('outputNodeFiles');
  expect(list.carrying).toMatchObject([{ job: { id: mine.id }, inputFileIds: mine.fileIds }]);
  const all = await perform(activities, 'unstructured.listJobs', { workflowId });
  expect(all).toMatchObject({ total: 3, carrying: [] });
  expect(all.jobs.at(-1)?.id).toBe(old.id);
  expect(api.requests.every(({ query }) => query['workflow_id'] === workflowId)).toBe(true);
});

test('the job that carries the token is told whatever its instant: the clocks may be apart', async () => {
  const { api, activities } = await withStorage();
  const workflowId = '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11';
  const mine = api.addJob({ workflowId, createdAt: '2026-01-01T00:00:00Z', files: ['tok3n-0-a.pdf'] });
  const input = { workflowId, createdAfter: '2026-01-01T00:05:00Z', token: 'tok3n' };
  expect(await perform(activities, 'unstructured.listJobs', input)).toMatchObject({
    jobs: [],
    total: 0,
    carrying: [{ job: { id: mine.id } }],
  });
});

test('a job without a readable instant stays in a list, but is never the oldest', async () => {
  const { api, activities } = await withStorage();
  const workflowId = '0cd23a5e-9bd8-4a2e-b6b1-d4ac5eb4bd0c';
  const dated = api.addJob({ workflowId });
  const undated = { id: api.addJob({ workflowId }).id, status: 'SCHEDULED', created_at: 'yesterday' };
  const known = { id: dated.id, status: 'SCHEDULED', created_at: '2026-01-01T00:00:00Z' };
  api.addFaults([[{ operation: 'listJobs' }, faults.status(200, { body: [undated, known] })]]);
  const list = (oldestFirst: boolean) =>
    perform(activities, 'unstructured.listJobs', { workflowId, createdAfter: '2025-12-31T00:00:00Z', oldestFirst });
  expect((await list(false)).jobs.map(({ id }) => id)).toEqual([dated.id, undated.id]);
  expect(await list(true)).toMatchObject({ jobs: [{ id: dated.id }], total: 1 });
});

test('entries that can not be read are counted, but for those that are certainly older', async () => {
  const { api, activities } = await withStorage();
  const workflowId = '0cd23a5e-9bd8-4a2e-b6b1-d4ac5eb4bd0c';
  const one = { id: api.addJob({ workflowId }).id, status: 'SCHEDULED', created_at: '2026-01-02T00:00:00Z' };
  const body = [{ id: null, status: 'SCHEDULED', created_at: '2026-01-01T00:00:00Z' }, null, one];
  api.addFaults([[{ operation: 'listJobs' }, faults.status(200, { body })]]);
  const list = (input: object) => perform(activities, 'unstructured.listJobs', { workflowId, ...input });
  const createdAfter = '2026-01-01T12:00:00Z';
  expect(await list({ createdAfter })).toMatchObject({ jobs: [{ id: one.id }], total: 1, unreadableEntries: 1 });
  // The clocks may be apart: the token alone tells a job. But not by more than a day.
  expect(await list({ createdAfter, token: 'tok3n' })).toMatchObject({ total: 1, unreadableEntries: 2 });
  const nextDay = { createdAfter: '2026-01-02T00:00:01Z', token: 'tok3n' };
  expect(await list(nextDay)).toMatchObject({ unreadableEntries: 1 });
});

test('a list without such entries does not tell of any', async () => {
  const { api, activities } = await withStorage();
  const { workflowId } = api.addJob();
  expect(await perform(activities, 'unstructured.listJobs', { workflowId })).not.toHaveProperty('unreadableEntries');
});

test('jobs of the account that ended are listed since an instant, with their files where those are asked for', async () => {
  const { api, activities } = await withStorage();
  const files = Array.from({ length: 12 }, (_, n) => `tok3n-${n}-${'x'.repeat(230)}.pdf`);
  const mine = api.addJob({ createdAt: '2026-01-01T12:00:00Z', files, timeline: ['FAILED'] });
  api.addJob({ createdAt: '2026-01-01T11:59:59Z', files: ['tok3n-0-old.pdf'], timeline: ['FAILED'] });
  api.addJob({ createdAt: '2026-01-01T12:00:00Z', timeline: ['COMPLETED'] });
  const input = { status: 'FAILED', createdAfter: '2026-01-01T12:00:00Z', token: 'tok3n' };
  const list = await perform(activities, 'unstructured.listJobs', { ...input, inputFiles: true });
  expect(list).toMatchObject({ total: 1, jobs: [{ id: mine.id }], carrying: [{ job: { id: mine.id } }] });
  expect(list.jobs[0]?.inputFileIds).toEqual(mine.fileIds.slice(0, 10).map((id) => id.slice(0, 200)));
  expect((await perform(activities, 'unstructured.listJobs', input)).jobs[0]).not.toHaveProperty('inputFileIds');
});

const node = (id: string) => [{ node_id: 'n', file_id: id }];
test.each<[string, object, number, number]>([
  ['names no files', {}, 0, 1],
  ['has null for both lists', { input_file_ids: null, output_node_files: null }, 0, 1],
  ['has empty lists', { input_file_ids: [], output_node_files: [] }, 0, 1],
  ['has no list where one belongs', { input_file_ids: 'a.pdf' }, 0, 1],
  ['has an entry that is none', { input_file_ids: ['a-1.pdf', null] }, 0, 1],
  ['has outputs without an id', { output_node_files: [{ node_id: 'n' }] }, 0, 1],
  ['names others', { input_file_ids: ['a-1.pdf'] }, 0, 0],
  ['names others by its outputs', { output_node_files: node('a-1.pdf') }, 0, 0],
  ['was begun by a schedule', { job_type: 'scheduled' }, 0, 0],
  ['carries the token', { input_file_ids: ['tok3n-0-a-1.pdf'] }, 1, 0],
  ['carries it among entries that are none', { input_file_ids: [7, 'tok3n-0-a-1.pdf'] }, 1, 0],
  ['carries it by its outputs', { input_file_ids: null, output_node_files: node('tok3n-0-a-1.pdf') }, 1, 0],
])('a listed job that %s', async (_what, lists, carrying, unknown) => {
  const { api, activities } = await withStorage();
  const job = { id: api.addJob().id, status: 'IN_PROGRESS', created_at: '2026-01-02T00:00:00Z', ...lists };
  const older = { ...job, created_at: '2026-01-01T00:00:00Z', id: api.addJob().id, input_file_ids: null };
  api.addFaults([
    [{ operation: 'listJobs' }, faults.status(200, { body: [job, { ...older, output_node_files: null }] })],
  ]);
  const input = { status: 'IN_PROGRESS', createdAfter: '2026-01-01T12:00:00Z' };
  const list = await perform(activities, 'unstructured.listJobs', { ...input, token: 'tok3n' });
  expect([list.carrying.length, list.unknownFiles ?? 0, list.total]).toEqual([carrying, unknown, 1]);
  expect(await perform(activities, 'unstructured.listJobs', input)).not.toHaveProperty('unknownFiles');
});

test('a list that nothing narrows is refused before anything is sent', async () => {
  const { api, activities } = await withStorage();
  await failure('UnstructuredValidationError', perform(activities, 'unstructured.listJobs', {}));
  await failure('UnstructuredValidationError', perform(activities, 'unstructured.listJobs', { status: 'COMPLETED' }));
  expect(api.requests).toEqual([]);
});

test.each(['unstructured.cancelJob', 'unstructured.getJobDetails', 'unstructured.getJobFailedFiles'] as const)(
  '%s fails with the types of the table',
  async (name) => {
    const { api, activities } = await withStorage();
    const job = api.addJob();
    api.addFaults([
      [1, faults.status(503)],
      [2, faults.status(403)],
    ]);
    const late = await failure('UnstructuredServerError', perform(activities, name, { jobId: job.id }));
    expect(late.nextRetryDelay).toBeGreaterThanOrEqual(1_000);
    const never = await failure('UnstructuredPermissionError', perform(activities, name, { jobId: job.id }));
    expect(never.nonRetryable).toBe(true);
  },
);
