import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeUnstructured } from '../../../../src/testing';
import { check } from '../client';

let api: FakeUnstructured;
beforeEach(async () => {
  api = await FakeUnstructured.start({ answers: { createdAtOffset: true } });
});
afterEach(() => api.close());

describe('a file id', () => {
  it.each([
    ['a plain name', 'report.pdf', /^report-[0-9a-f]{8}\.pdf$/],
    ['several dots', 'v1.2.final.tar.gz', /^v12finaltar-[0-9a-f]{8}\.gz$/],
    ['no extension', 'README', /^README-[0-9a-f]{8}$/],
    ['a leading dot', '.env', /^env-[0-9a-f]{8}$/],
    ['spaces', ' two  words .pdf', /^ two {2}words -[0-9a-f]{8}\.pdf$/],
    ['dots as in an arXiv number', '2507.13305v1.pdf', /^250713305v1-[0-9a-f]{8}\.pdf$/],
    ['slashes', '../dir.d/a\\b', /^\/dird\/a\\b-[0-9a-f]{8}$/],
    ['query characters', 'a?b=c&d#e%2F%zz+.pdf', /^a\?b=c&d#e%2F%zz\+-[0-9a-f]{8}\.pdf$/],
    ['quotes', `"it's" \`x\`.pdf`, /^"it's" `x`-[0-9a-f]{8}\.pdf$/],
    ['a line break and a tab', 'a\nb\tc.pdf', /^a\nb\tc-[0-9a-f]{8}\.pdf$/],
    ['emoji', '📄👩‍👩‍👧.pdf', /^📄👩‍👩‍👧-[0-9a-f]{8}\.pdf$/u],
    ['right-to-left text', 'תקציב \u202Egpj.pdf', /^תקציב \u202Egpj-[0-9a-f]{8}\.pdf$/],
    ['235 characters', `${'長'.repeat(235)}.pdf`, /^長{235}-[0-9a-f]{8}\.pdf$/],
  ])('is built from a name with %s', async (_what, name, pattern) => {
    const job = api.addJob({ files: [name], nodes: 2 });
    expect(job.fileIds).toEqual([expect.stringMatching(pattern)]);
    const { json } = await check(api, job);
    expect(json['input_file_ids']).toEqual(job.fileIds);
    expect(json['output_node_files']).toMatchObject(
      job.nodeIds.map((node_id) => ({ node_id, file_id: job.fileIds[0] })),
    );
  });

  it.each([239, 240, 255])(
    'leaves no list of output node files where its name has %i characters, if that is 240',
    async (length) => {
      const job = api.addJob({ files: ['a.pdf', `${'x'.repeat(length - 4)}.pdf`] });
      const { json } = await check(api, job);
      expect(json['input_file_ids']).toEqual(job.fileIds);
      expect(json['output_node_files'] === null).toBe(length >= 240);
    },
  );

  it('differs for two files of one name', () => {
    const { fileIds } = api.addJob({ files: ['a.pdf', 'a.pdf'] });
    expect(new Set(fileIds).size).toBe(2);
  });

  it('can be given', () => {
    expect(api.addJob({ files: [{ fileId: 'x' }, 'y.md'] }).fileIds).toEqual(['x', expect.stringMatching(/^y-/)]);
  });
});

describe('a job', () => {
  it('has as many files and nodes as asked for, each node with an id of its own', async () => {
    const job = api.addJob({ files: 300, nodes: 6 });
    expect(new Set(job.nodeIds).size).toBe(6);
    expect(new Set(job.fileIds).size).toBe(300);
    expect((await check(api, job)).json['output_node_files']).toHaveLength(1_800);
    expect(api.addJob({ files: 0 }).fileIds).toEqual([]);
  });

  it('has the nodes that it is given', async () => {
    const job = api.addJob({ nodes: [{ id: 'no-uuid', type: 'chunk', subtype: 'by_title' }, {}] });
    expect((await check(api, job)).json['output_node_files']).toMatchObject([
      { node_id: 'no-uuid', node_type: 'chunk', node_subtype: 'by_title' },
      { node_id: job.nodeIds[1], node_type: 'partition', node_subtype: 'unstructured_api' },
    ]);
  });

  it('has the same ids in each fake of one seed, and others under another seed', async () => {
    await using same = await FakeUnstructured.start();
    await using other = await FakeUnstructured.start({ seed: 'other' });
    const job = api.addJob();
    const twin = same.addJob();
    expect([twin.id, twin.workflowId, ...twin.fileIds]).toEqual([job.id, job.workflowId, ...job.fileIds]);
    expect(other.addJob().id).not.toBe(job.id);
    expect(job.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(api.addJob().id).not.toBe(job.id);
  });

  it('has what it is given', async () => {
    const id = 'AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB';
    const spec = { id, workflowId: id, workflowName: 'nightly', jobType: 'scheduled' };
    const job = api.addJob({ ...spec, createdAt: '2025-09-10T21:34:39.811955Z' });
    expect(api.job(id)?.id).toBe(job.id);
    expect((await check(api, job)).json).toMatchObject({
      id: id.toLowerCase(),
      workflow_id: id.toLowerCase(),
      workflow_name: 'nightly',
      job_type: 'scheduled',
      created_at: '2025-09-10T21:34:39.811955Z',
    });
  });

  it.each([
    ['in another zone, moved to UTC', '2026-01-01T01:00:00+02:00', '2025-12-31T23:00:00Z'],
    ['without an offset, read as UTC', '2026-01-01T01:00:00', '2026-01-01T01:00:00Z'],
    ['as a number', Date.UTC(2026, 0, 1, 1, 2, 3, 4), '2026-01-01T01:02:03.004000Z'],
  ])('was created %s', async (_how, createdAt, expected) => {
    expect((await check(api, api.addJob({ createdAt }))).json['created_at']).toBe(expected);
  });

  it('is found by its id alone', () => {
    expect(api.job('00000000-0000-4000-8000-000000000000')).toBeUndefined();
  });
});
