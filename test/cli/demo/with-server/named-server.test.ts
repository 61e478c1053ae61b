import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeUnstructured } from '../../../../src/testing';
import { createNamespace } from '../../../support/shared-dev-server';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { Program, runProgram } from '../../program';

let env: TestWorkflowEnvironment;
let namespace: string;

beforeAll(async () => {
  env = await createNamespace();
  namespace = env.client.options.namespace;
});
afterAll(() => env.teardown());

test('Ctrl-C cancels the waits and the run on a server that stays, and takes the files away', async () => {
  const temporary = await temporaryFolder();
  const program = new Program(['demo'], {
    TEMPORAL_ADDRESS: env.address,
    TEMPORAL_NAMESPACE: namespace,
    TMPDIR: temporary,
    TSX_DISABLE_CACHE: '1',
  });
  const [, parentId = ''] = await program.says(/Workflow +(\S+) awaits/);
  const [, runId = ''] = await program.says(/Run +(\S+) sends/);
  await program.says(/runJob +running/);
  expect(await readdir(temporary)).toHaveLength(1);
  program.kill('SIGINT');
  expect(await program.ended).toMatchObject({ exitCode: 130, stderr: '' });
  for (const workflowId of [parentId, runId]) {
    const { status } = await env.client.workflow.getHandle(workflowId).describe();
    expect(status.name).toBe('CANCELLED');
  }
  expect(await readdir(temporary)).toEqual([]);
});

test('a profile of the configuration file names server and namespace', async () => {
  await using api = await FakeUnstructured.start();
  const { id } = api.addJob();
  const file = join(await temporaryFolder(), 'temporal.toml');
  await writeFile(file, `[profile.work]\naddress = "${env.address}"\nnamespace = "${namespace}"\n`);
  const { exitCode, stdout, stderr } = await runProgram(['demo', '--job-id', id], {
    TEMPORAL_CONFIG_FILE: file,
    TEMPORAL_PROFILE: 'work',
    UNSTRUCTURED_API_KEY: api.apiKey,
    UNSTRUCTURED_API_URL: api.url,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain(`Temporal  ${env.address}, namespace ${namespace}`);
  const { status } = await env.client.workflow.getHandle(`unstructured-job-${id}`).describe();
  expect(status.name).toBe('COMPLETED');
});
