import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnswerSwitches, FakeUnstructured } from '../../../../src/testing';
import { check, ManualClock } from '../client';

let clock: ManualClock;
let api: FakeUnstructured;
beforeEach(async () => {
  clock = new ManualClock();
  api = await FakeUnstructured.start({ now: () => clock.at });
});
afterEach(() => api.close());

const RUNNING_THEN_DONE: [[string, { checks: number }], [string]] = [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']];

/** The answers while the job runs and once it is done. */
async function answersWith(answers: AnswerSwitches) {
  const job = api.addJob({ files: ['a.pdf'], nodes: 1, answers, timeline: RUNNING_THEN_DONE });
  return { running: await check(api, job), done: await check(api, job) };
}

async function fieldsWith(answers: AnswerSwitches, field: string): Promise<unknown[]> {
  const { running, done } = await answersWith(answers);
  return [running.json[field], done.json[field]];
}

describe('an answer', () => {
  it('has by default the shape of the specification', async () => {
    const job = api.addJob({ files: ['a.pdf', 'b.docx'], timeline: RUNNING_THEN_DONE });
    const { json } = await check(api, job);
    expect(json).toEqual({
      id: job.id,
      workflow_id: job.workflowId,
      workflow_name: `Job ${job.id.slice(0, 8)}`,
      status: 'IN_PROGRESS',
      created_at: '2026-01-02T03:04:05.678000',
      runtime: null,
      input_file_ids: job.fileIds,
      output_node_files: job.fileIds.flatMap((file_id) => [
        node('93fc2ce8-e7c8-424f-a6aa-41460fc5d35d', file_id, 'partition', 'unstructured_api'),
        node('4eb78731-4669-438c-9e2c-c76fcb1c9a52', file_id, 'prompter', 'openai_image_description'),
        node('35cacdfe-3ac1-4183-bbf4-826cd88c882c', file_id, 'prompter', 'anthropic_ocr'),
        node('ee5d4bf2-3783-4818-9f69-9ebbaa8778ea', file_id, 'prompter', 'anthropic_table2html'),
      ]),
      job_type: 'ephemeral',
    });
  });

  it.each([
    [true, '2026-01-02T03:04:05.678000Z'],
    [false, '2026-01-02T03:04:05.678000'],
  ])('has an offset in created_at: %s', async (createdAtOffset, text) => {
    expect(await fieldsWith({ createdAtOffset }, 'created_at')).toEqual([text, text]);
  });

  it('may have an offset in created_at only where it answers a start, as was seen', async () => {
    api.setAnswers({ createdAtOffset: 'startOnly' });
    const body = new FormData();
    body.set('request_data', JSON.stringify({ template_id: 'hi_res_partition' }));
    body.set('input_files', new File(['text'], 'a.pdf'));
    const headers = { 'unstructured-api-key': api.apiKey };
    const startedJob = await fetch(`${api.url}/api/v1/jobs/`, { method: 'POST', headers, body });
    const { id, created_at } = (await startedJob.json()) as { id: string; created_at: string };
    expect(created_at).toBe('2026-01-02T03:04:05.678000Z');
    expect((await check(api, { id })).json['created_at']).toBe('2026-01-02T03:04:05.678000');
  });

  it.each([
    ['always', 'list', 'list'],
    ['null', null, null],
    ['absent', undefined, undefined],
    ['nullOnceTerminal', 'list', null],
    ['absentOnceTerminal', 'list', undefined],
  ] as const)('has output node files: %s', async (outputNodeFiles, running, done) => {
    const fields = await fieldsWith({ outputNodeFiles }, 'output_node_files');
    expect(fields.map((field) => (Array.isArray(field) ? 'list' : field))).toEqual([running, done]);
  });

  it.each([
    ['null', null],
    ['absent', undefined],
  ] as const)('has input file ids: %s', async (inputFileIds, expected) => {
    expect(await fieldsWith({ inputFileIds }, 'input_file_ids')).toEqual([expected, expected]);
  });

  it('may lack node types', async () => {
    const { running } = await answersWith({ nodeTypes: false });
    expect(running.json['output_node_files']).toEqual([
      { node_id: '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d', file_id: expect.stringMatching(/^a-[0-9a-f]{8}\.pdf$/) },
    ]);
  });

  it('may lack a job type', async () => {
    expect(await fieldsWith({ jobType: 'absent' }, 'job_type')).toEqual([undefined, undefined]);
  });

  it.each([
    ['zero', null, 'PT0S'],
    ['null', null, null],
    ['absent', undefined, undefined],
  ] as const)('has a runtime: %s', async (runtime, running, done) => {
    expect(await fieldsWith({ runtime }, 'runtime')).toEqual([running, done]);
  });

  it('may have fields that nobody knows', async () => {
    const plain = await answersWith({});
    const some = await answersWith({ extraFields: true });
    expect(Object.keys(some.done.json).length).toBeGreaterThan(Object.keys(plain.done.json).length);
    expect(await fieldsWith({ extraFields: { sla: { tier: 1 } } }, 'sla')).toEqual([{ tier: 1 }, { tier: 1 }]);
  });

  it('has a request id under the header of choice, or none', async () => {
    const ids = async (answers: AnswerSwitches, name: string) => {
      const { running, done } = await answersWith(answers);
      return [running.headers.get(name), done.headers.get(name)];
    };
    const [first, second] = await ids({}, 'x-request-id');
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
    expect(await ids({ requestIdHeader: null }, 'x-request-id')).toEqual([null, null]);
    expect(await ids({ requestIdHeader: 'request-id' }, 'request-id')).not.toContain(null);
  });

  it('is compressed for those that accept it, unless switched off', async () => {
    const encoding = async (gzip: boolean, accept: string) => {
      const job = api.addJob({ answers: { gzip } });
      const { headers, json } = await check(api, job, { headers: { 'accept-encoding': accept } });
      expect(json['id']).toBe(job.id);
      return headers.get('content-encoding');
    };
    expect(await encoding(true, 'gzip, br')).toBe('gzip');
    expect(await encoding(true, 'identity')).toBeNull();
    expect(await encoding(false, 'gzip')).toBeNull();
  });
});

describe('a window', () => {
  const NOT_THERE = [404, { detail: 'Job not found' }];

  it('of checks keeps a new job unknown', async () => {
    const { running, done } = await answersWith({ earlyNotFound: { first: 1 } });
    expect([running.status, running.json]).toEqual(NOT_THERE);
    expect([done.status, done.json['status']]).toEqual([200, 'COMPLETED']);
  });

  it('of time keeps a new job unknown', async () => {
    const job = api.addJob({ answers: { earlyNotFound: { until: '30s' } } });
    clock.advance(29_999);
    expect((await check(api, job)).status).toBe(404);
    clock.advance(1);
    expect((await check(api, job)).status).toBe(200);
  });

  it('holds a 404 of a gateway, as a page or as JSON', async () => {
    const page = await answersWith({ gatewayNotFound: 1 });
    expect([page.running.status, page.running.headers.get('content-type')]).toEqual([404, 'text/html']);
    const json = await answersWith({ gatewayNotFound: 2, gatewayNotFoundBody: 'json' });
    expect(json.running.status).toBe(200);
    expect([json.done.status, json.done.json]).toEqual([404, { detail: 'Not Found' }]);
  });

  it('refuses a valid key', async () => {
    const { running, done } = await answersWith({ keyRefused: { first: 1 } });
    expect([running.status, done.status]).toEqual([401, 200]);
  });

  it('shows a status that nobody knows', async () => {
    expect(await fieldsWith({ unknownStatus: 1 }, 'status')).toEqual(['PAUSED', 'COMPLETED']);
    expect(await fieldsWith({ unknownStatus: 1, unknownStatusText: 'ZOMBIE' }, 'status')).toEqual([
      'ZOMBIE',
      'COMPLETED',
    ]);
  });
});

describe('switches', () => {
  it('of the whole API hold for each job, whose own have the last word', async () => {
    api.setAnswers({ jobType: 'absent', earlyNotFound: { first: 1 } });
    const own = api.addJob({ answers: { jobType: 'always' } });
    const other = api.addJob();
    expect([(await check(api, own)).status, (await check(api, other)).status]).toEqual([404, 404]);
    expect((await check(api, own)).json).toHaveProperty('job_type');
    expect((await check(api, other)).json).not.toHaveProperty('job_type');
  });

  it('can be changed while a job is under way', async () => {
    const job = api.addJob();
    job.setAnswers({ outputNodeFiles: 'null' });
    api.setAnswers({ createdAtOffset: false });
    expect((await check(api, job)).json).toMatchObject({
      output_node_files: null,
      created_at: '2026-01-02T03:04:05.678000',
    });
  });

  it('are taken at the start', async () => {
    await using other = await FakeUnstructured.start({ answers: { runtime: 'absent' } });
    expect((await check(other, other.addJob())).json).not.toHaveProperty('runtime');
  });
});

function node(node_id: string, file_id: string, node_type: string, node_subtype: string) {
  return { node_id, file_id, node_type, node_subtype };
}
