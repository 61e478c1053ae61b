import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeUnstructured } from '../../../../src/testing';
import { createNamespace } from '../../../support/shared-dev-server';
import { Program } from '../../program';

const KEY = 'key-of-the-test';
let env: TestWorkflowEnvironment;
let api: FakeUnstructured;
let namespace: string;

beforeAll(async () => {
  env = await createNamespace();
  namespace = env.client.options.namespace;
  api = await FakeUnstructured.start({ apiKey: KEY });
});
afterAll(async () => {
  await Promise.all([api.close(), env.teardown()]);
});

/** Awaits a job of an API that is not the demo's own, on a Temporal server that was named. */
function awaitJob(jobId: string, apiKey = KEY): Program {
  return new Program(['demo', '--job-id', jobId, '--ui-url', 'http://ui.example.com/'], {
    TEMPORAL_ADDRESS: env.address,
    TEMPORAL_NAMESPACE: namespace,
    UNSTRUCTURED_API_KEY: apiKey,
    UNSTRUCTURED_API_URL: `${api.url}/api/v1`,
  });
}

const waiterOf = (jobId: string) => env.client.workflow.getHandle(`unstructured-job-${jobId}`);

test('a job that completed ends with 0, its files and the links of the named server', async () => {
  const job = api.addJob({ files: ['a.pdf'] });
  const { exitCode, stdout, stderr } = await awaitJob(job.id).ended;
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`Temporal  ${env.address}, namespace ${namespace}`);
  expect(stdout).toContain(`http://ui.example.com/namespaces/${namespace}/workflows/unstructured-job-${job.id}`);
  expect(stdout).toContain(job.fileIds[0]);
  expect(stdout).not.toContain(KEY);
});

test('a job that failed ends with 1 and its typed failure', async () => {
  const job = api.addJob({ timeline: ['FAILED'] });
  const { exitCode, stdout, stderr } = await awaitJob(job.id).ended;
  expect(exitCode).toBe(1);
  expect(stderr).toBe(`UnstructuredJobFailedError: Job ${job.id} ended FAILED\n`);
  expect(stdout).toContain('type     UnstructuredJobFailedError');
});

test('a key that is refused ends with 1, and is not shown', async () => {
  const { exitCode, stdout, stderr } = await awaitJob(api.addJob().id, 'wrong-key-of-the-test').ended;
  expect(exitCode).toBe(1);
  expect(stderr).toContain('UnstructuredAuthenticationError: ');
  expect(stdout + stderr).not.toContain('wrong-key');
});

test('Ctrl-C cancels the wait on a server that stays, and leaves the job alone', async () => {
  const job = api.addJob({ timeline: ['IN_PROGRESS'] });
  const program = awaitJob(job.id);
  await program.says('IN_PROGRESS');
  program.kill('SIGINT');
  expect((await program.ended).exitCode).toBe(130);
  expect((await waiterOf(job.id).describe()).status.name).toBe('CANCELLED');
  expect(await job.status()).toBe('IN_PROGRESS');
});

test('a wait that another program runs already is left to it', async () => {
  const job = api.addJob({ timeline: ['IN_PROGRESS'] });
  const first = awaitJob(job.id);
  await first.says('IN_PROGRESS');
  const second = awaitJob(job.id);
  await second.says('IN_PROGRESS');
  second.kill('SIGINT');
  await second.ended;
  expect((await waiterOf(job.id).describe()).status.name).toBe('RUNNING');
  job.setStatus('COMPLETED');
  expect(await first.ended).toMatchObject({ exitCode: 0 });
});
