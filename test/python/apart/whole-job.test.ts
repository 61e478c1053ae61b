// The official Python client, unchanged, runs whole jobs against the fake: what it refuses would be no faithful answer.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { FakeUnstructured, type FakeJob } from '../../../src/testing';
import { pythonWithOfficialClient, whyNoPython } from '../official-client';
import { sha256 } from '../../support/sha256';

interface Told {
  id: string;
  startedJob: { status: string; input_file_ids: string[]; output_node_files: { file_id: string; node_id: string }[] };
  seen: string[];
  processing_status: string;
  failures: number[];
  failed_files: { document: string; error: string }[];
  listed: string[];
  outputs: Output[];
  by_node: Output[];
  bad_output: number;
  cancelled: { id: string; answer: number; seen: string[] };
  run: { id: string; workflow_id: string };
  unknown_job: number;
  malformed_job: number;
  malformed_workflow: number;
  no_template: number;
}

type Output = { metadata: { sha256: string; bytes: number; node_id: string } }[];

const UNDER_WAY: [string, { checks: number }][] = [
  ['SCHEDULED', { checks: 1 }],
  ['IN_PROGRESS', { checks: 1 }],
];
const missing = whyNoPython();
if (missing !== undefined) console.warn(`The official Python client is not tested: ${missing}`);

describe.skipIf(missing !== undefined)('the official Python client', () => {
  let told: Told;
  let jobs: FakeJob[];
  let workflowId: string;
  let job: FakeJob;

  beforeAll(async () => {
    const python = await pythonWithOfficialClient();
    await using api = await FakeUnstructured.start({
      limits: { spacing: 0 },
      startedJobs: { timeline: [...UNDER_WAY, ['COMPLETED']], failedFiles: { 'bad.txt': 'corrupt' } },
    });
    workflowId = api.addWorkflow().id;
    const { stdout } = await promisify(execFile)(python, [join(__dirname, 'whole_job.py')], {
      env: {
        ...process.env,
        NO_PROXY: '127.0.0.1',
        UNSTRUCTURED_API_URL: api.url,
        UNSTRUCTURED_API_KEY: api.apiKey,
        WORKFLOW_ID: workflowId,
      },
      timeout: 60_000,
    });
    told = JSON.parse(stdout) as Told;
    jobs = api.jobs;
    job = api.job(told.id)!;
  }, 300_000);

  it('starts a job with files, and reads the answer', () => {
    expect(job.uploads.map(({ name, contentType, sha256 }) => ({ name, contentType, sha256 }))).toEqual([
      { name: 'good.txt', contentType: 'text/plain', sha256: sha256('good') },
      { name: 'zweite Prüfung.txt', contentType: 'text/plain', sha256: sha256('second') },
      { name: 'bad.txt', contentType: 'text/plain', sha256: sha256('bad') },
    ]);
    expect(told.startedJob).toMatchObject({ status: 'SCHEDULED', input_file_ids: job.fileIds });
    expect(told.startedJob.output_node_files).toHaveLength(3 * job.nodeIds.length);
  });

  it('sees it through to its end, and in the list', () => {
    expect(told.seen).toEqual(['SCHEDULED', 'IN_PROGRESS', 'COMPLETED']);
    expect(told.listed).toEqual([told.id]);
  });

  it('tells failed files from good ones', () => {
    expect(told.processing_status).toBe('COMPLETED_WITH_ERRORS');
    expect(told.failures[0]).toBe(1);
    expect(told.failed_files).toEqual([{ document: 'bad.txt', error: 'corrupt' }]);
    expect(told.bad_output).toBe(404);
  });

  it('downloads the outputs of its files and of each node', () => {
    const last = job.nodeIds.at(-1);
    expect(told.outputs.map(([element]) => element?.metadata)).toMatchObject([
      { sha256: sha256('good'), bytes: 4, node_id: last },
      { sha256: sha256('second'), bytes: 6, node_id: last },
    ]);
    expect(told.by_node.map(([element]) => element?.metadata.node_id)).toEqual(job.nodeIds);
  });

  it('cancels a job, whatever the answer says', () => {
    expect(told.cancelled).toMatchObject({ answer: 200, seen: ['STOPPED'] });
  });

  it('runs a workflow with a file', () => {
    expect(told.run.workflow_id).toBe(workflowId);
    expect(jobs.find(({ id }) => id === told.run.id)?.uploads).toMatchObject([{ name: 'run.txt', bytes: 3 }]);
  });

  it('understands what is refused', () => {
    const { unknown_job, malformed_job, malformed_workflow, no_template } = told;
    expect({ unknown_job, malformed_job, malformed_workflow, no_template }).toEqual({
      unknown_job: 404,
      malformed_job: 422,
      malformed_workflow: 422,
      no_template: 422,
    });
    expect(jobs).toHaveLength(3);
  });
});
