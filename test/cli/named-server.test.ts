import { readdir } from 'node:fs/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDevEnvironment } from '../../src/testing/environment';
import { temporaryFolder } from '../testing/temporary-folder';
import { Program } from './program';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await createDevEnvironment();
});
afterAll(() => env.teardown());

test('Ctrl-C cancels the waits and the run on a server that stays, and takes the files away.', async () => {
  const temporary = await temporaryFolder();
  const program = new Program(['demo'], { TEMPORAL_ADDRESS: env.address, TMPDIR: temporary, TSX_DISABLE_CACHE: '1' });
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
