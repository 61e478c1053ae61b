import { describe, expect, it, onTestFinished } from 'vitest';
import { UnstructuredClient } from '../../src/api/client';
import { FakeUnstructured, type AnswerSwitches, type FakeUnstructuredOptions } from '../../src/testing';
import { clientOf } from './support';

async function startFake(options: FakeUnstructuredOptions = {}): Promise<FakeUnstructured> {
  const api = await FakeUnstructured.start(options);
  onTestFinished(() => api.close());
  return api;
}

describe('getJob', () => {
  it('gives the job as the API tells it', async () => {
    const api = await startFake();
    const job = api.addJob({ files: [{ fileId: 'H03 Größe-61a58972.pdf' }], createdAt: '2025-09-10T21:34:39.811Z' });
    const answer = await clientOf(api.url, { apiKey: api.apiKey }).getJob(job.id);
    expect(answer).toMatchObject({
      id: job.id,
      status: 'COMPLETED',
      runtime: 'PT0S',
      jobType: 'ephemeral',
      inputFileIds: ['H03 Größe-61a58972.pdf'],
    });
    expect(Date.parse(answer.createdAt ?? '')).toBe(Date.parse('2025-09-10T21:34:39.811Z'));
    expect(answer.outputNodeFiles).toHaveLength(4);
    expect(answer.outputNodeFiles?.[0]).toEqual({
      nodeId: '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d',
      fileId: 'H03 Größe-61a58972.pdf',
      nodeType: 'partition',
      nodeSubtype: 'unstructured_api',
    });
  });

  it.each<[AnswerSwitches, Record<string, unknown>]>([
    [{ createdAtOffset: false }, { createdAt: '2025-09-10T21:34:39.811Z' }],
    [{ outputNodeFiles: 'null' }, { outputNodeFiles: null }],
    [{ outputNodeFiles: 'absent' }, { outputNodeFiles: null }],
    [{ inputFileIds: 'null' }, { inputFileIds: null }],
    [{ inputFileIds: 'absent' }, { inputFileIds: null }],
    [{ jobType: 'absent' }, { jobType: null }],
    [{ runtime: 'absent' }, { runtime: null }],
    [{ extraFields: true }, { status: 'COMPLETED' }],
    [{ unknownStatus: 'always', unknownStatusText: 'PAUSED' }, { status: 'PAUSED' }],
    [{ gzip: false }, { status: 'COMPLETED' }],
  ])('reads answers with %o', async (answers, expected) => {
    const api = await startFake({ answers });
    const job = api.addJob({ createdAt: '2025-09-10T21:34:39.811Z' });
    expect(await clientOf(api.url, { apiKey: api.apiKey }).getJob(job.id)).toMatchObject(expected);
  });

  it('gives node files of older servers without types', async () => {
    const api = await startFake({ answers: { nodeTypes: false } });
    const { outputNodeFiles } = await clientOf(api.url, { apiKey: api.apiKey }).getJob(api.addJob().id);
    expect(Object.keys(outputNodeFiles?.[0] ?? {})).toEqual(['nodeId', 'fileId']);
  });

  it.each([
    ['api-key', '[redacted]', undefined],
    ['bearer', undefined, '[redacted]'],
  ] as const)('authenticates by %s, and by that alone', async (authentication, key, token) => {
    const api = await startFake();
    const { id } = api.addJob();
    expect(await clientOf(api.url, { apiKey: api.apiKey, authentication }).getJob(id)).toMatchObject({ id });
    const { headers } = api.requests[0]!;
    expect([headers['unstructured-api-key'], headers['authorization']]).toEqual([key, token]);
  });

  it.each(['', '/', '/api/v1', '/api/v1/', '//'])('finds the API where the base URL ends in "%s"', async (ending) => {
    const api = await startFake({ pathPrefix: '/eu' });
    const { id } = api.addJob();
    expect(await clientOf(api.url + ending, { apiKey: api.apiKey }).getJob(id)).toMatchObject({ id });
  });

  it('takes the id in capital letters', async () => {
    const api = await startFake();
    const { id } = api.addJob();
    expect(await clientOf(api.url, { apiKey: api.apiKey }).getJob(id.toUpperCase())).toMatchObject({ id });
  });

  it('works in a block that disposes of the client', async () => {
    const api = await startFake();
    const { id } = api.addJob();
    await using client = new UnstructuredClient({ apiKey: api.apiKey, baseUrl: api.url });
    expect(await client.getJob(id)).toMatchObject({ id });
  });
});
