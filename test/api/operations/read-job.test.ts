import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../../src/api/http/http-error';
import { Redactor } from '../../../src/api/http/redact';
import { readJob as readJobWithout } from '../../../src/api/operations/read-job';
import { wireJob } from '../support';

const readJob = (json: unknown) => readJobWithout(json, new Redactor([]));
const createdAt = (text: string) => readJob(wireJob({ created_at: text })).createdAt;

describe('created_at', () => {
  it.each([
    ['2025-09-10T21:34:39.811955Z', '2025-09-10T21:34:39.811955Z'],
    ['2025-09-10T21:34:39.811955', '2025-09-10T21:34:39.811955Z'],
    ['2025-09-10T21:34:39', '2025-09-10T21:34:39Z'],
    ['2025-09-10 21:34:39.8', '2025-09-10T21:34:39.8Z'],
    ['2025-09-10t21:34:39z', '2025-09-10T21:34:39Z'],
    ['2025-09-10T21:34:39+00:00', '2025-09-10T21:34:39Z'],
    ['2025-09-10T23:34:39+02:00', '2025-09-10T23:34:39+02:00'],
    ['2025-09-10T23:34:39+0200', '2025-09-10T23:34:39+02:00'],
    ['2025-09-10 16:34:39-05', '2025-09-10T16:34:39-05:00'],
    ['2025-09-10T21:34:39.1234567890123Z', '2025-09-10T21:34:39.1234567890123Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
    ['2016-12-31T23:59:60', '2017-01-01T00:00:00Z'],
    ['2012-06-30T23:59:60.811955Z', '2012-07-01T00:00:00.811955Z'],
    ['2016-12-31 18:59:60.5-0500', '2016-12-31T19:00:00.5-05:00'],
    ['2017-01-01T05:29:60+05:30', '2017-01-01T05:30:00+05:30'],
  ])('%s is %s', (text, expected) => {
    expect(createdAt(text)).toBe(expected);
  });

  it.each([
    '',
    '2025-09-10',
    '2025-13-10T21:34:39Z',
    '2025-09-10T25:34:39Z',
    '2025-13-10T23:59:60Z',
    '2025-09-10T23:59:61Z',
    'now',
    '1757540079',
    '21:34:39Z',
  ])('%s is no instant, which blinds no wait', (text) => {
    expect(createdAt(text)).toBeNull();
  });

  it('is the same instant whatever the machine’s time zone', () => {
    const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.constantFrom('Z', '', '+00:00', '-0000'), (at, offset) => {
        expect(Date.parse(createdAt(at.toISOString().replace('Z', offset)) ?? '')).toBe(at.getTime());
      }),
    );
  });
});

describe('a job', () => {
  it.each([
    ['created_at', 'createdAt'],
    ['workflow_id', 'workflowId'],
    ['workflow_name', 'workflowName'],
  ] as const)('may lack %s, by which nothing is decided', (wireName, name) => {
    for (const value of [undefined, null, 7]) {
      const job = readJob(JSON.parse(JSON.stringify({ ...wireJob(), [wireName]: value })));
      expect(job[name]).toBeNull();
      expect(job.status).toBe(wireJob()['status']);
    }
  });

  it.each([
    ['status', 'status'],
    ['workflow_name', 'workflowName'],
    ['workflow_id', 'workflowId'],
    ['runtime', 'runtime'],
    ['job_type', 'jobType'],
  ] as const)('has a %s of bounded length, since each check carries it', (wireName, name) => {
    expect(readJob({ ...wireJob(), [wireName]: 'x'.repeat(5_000) })[name]).toBe('x'.repeat(300));
  });

  const text = fc.string({ unit: 'binary', minLength: 1 });
  const list = fc.option(fc.array(text, { maxLength: 20 }), { nil: null });
  const file = fc.record(
    { node_id: text, file_id: text, node_type: fc.option(text), node_subtype: fc.option(text), extra: fc.jsonValue() },
    { requiredKeys: ['node_id', 'file_id'] },
  );
  const fields = fc.record(
    {
      status: text,
      runtime: fc.option(text),
      job_type: fc.option(text),
      input_file_ids: list,
      output_node_files: fc.option(fc.array(file, { maxLength: 20 })),
    },
    { requiredKeys: ['status'] },
  );

  it('is read whole, whatever unknown fields and values come with it', () => {
    fc.assert(
      fc.property(fields, fc.dictionary(text, fc.jsonValue()), (known, unknown) => {
        const job = readJob(JSON.parse(JSON.stringify({ ...unknown, ...wireJob(), ...known })));
        expect(job.status).toBe(known.status);
        if ('runtime' in known) expect(job.runtime).toBe(known.runtime);
        if ('job_type' in known) expect(job.jobType).toBe(known.job_type);
        if ('input_file_ids' in known) expect(job.inputFileIds).toEqual(known.input_file_ids);
        if ('output_node_files' in known)
          expect(job.outputNodeFiles?.map(({ nodeId, fileId }) => [nodeId, fileId])).toEqual(
            known.output_node_files?.map(({ node_id, file_id }) => [node_id, file_id]),
          );
        expect(JSON.parse(JSON.stringify(job))).toEqual(job);
      }),
    );
  });

  it('that is none is refused without its values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(() => readJob(json)).toThrow(HttpError);
      }),
    );
    const secret = 'sesame';
    const wrong = { [secret]: secret, id: [secret], status: 5, created_at: secret, output_node_files: [secret] };
    expect(() => readJob(wrong)).not.toThrow(/sesame/);
    expect(() => readJob({ ...wireJob(), created_at: secret })).not.toThrow(/sesame/);
  });
});
