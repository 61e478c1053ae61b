import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeUnstructured } from '../../../../src/testing';
import { createDevEnvironment } from '../../../../src/testing/environment';
import { eventually } from '../../../dev-server/support/eventually';
import { testInBreadth } from '../../../support/breadth';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { expectAllOnce, recordFolders, testBatch } from '../../batch-program';
import { Program } from '../../program';
import { TemporalProxy } from '../../temporal-proxy';
import { screenOf } from '../../terminal';

const NAMESPACE = 'team';
/** The SDK asks again for 10 s by itself. */
const LONGER_THAN_RETRIES_MS = 20_000;
const CTRL_C = '\u0003';
const hasTerminals = spawnSync('script', ['--version']).status === 0;
let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await createDevEnvironment({ server: { namespace: NAMESPACE } });
});
afterAll(() => env.teardown());

test('on a server that is named, a batch outlives Ctrl-C, and the same command goes on', async () => {
  await using api = await FakeUnstructured.start({ startedJobs: { timeline: ['IN_PROGRESS'] } });
  const batch = await testBatch(api, 2);
  const named = { TEMPORAL_ADDRESS: env.address, TEMPORAL_NAMESPACE: NAMESPACE };
  const first = batch.start(['--key', 'named', '--tolerated', '0.75'], named);
  await first.says(`Temporal  ${env.address}, namespace ${NAMESPACE}`);
  await eventually(() => expect(api.jobs).toHaveLength(1));
  first.kill('SIGTERM');
  expect(await first.ended).toMatchObject({ exitCode: 143, stderr: '' });
  expect((await env.client.workflow.getHandle('named').describe()).status.name).toBe('RUNNING');
  for (const job of api.jobs) job.setStatus('COMPLETED');
  const second = await batch.start(['--key', 'named', '--parallel', '7'], named).ended;
  expect(second.exitCode).toBe(0);
  expect(second.stdout).toContain(
    '\nThis batch is already running, without --parallel and with --tolerated 0.75. That holds until it ends.\n',
  );
  await expectAllOnce(batch, 2);
  expect(api.jobs).toHaveLength(1);
  const [folder = ''] = await recordFolders(batch.to);
  expect((await readdir(folder)).filter((name) => name.endsWith('.db'))).toEqual([]);
});

test('a batch that is terminated ends with 1 once it has a plan, whether or not its progress was seen', async () => {
  await using api = await FakeUnstructured.start({ startedJobs: { timeline: ['IN_PROGRESS'] } });
  const batch = await testBatch(api, 2);
  const program = batch.start(['--key', 'terminated'], {
    TEMPORAL_ADDRESS: env.address,
    TEMPORAL_NAMESPACE: NAMESPACE,
  });
  await eventually(() => expect(api.jobs).toHaveLength(1));
  await env.client.workflow.getHandle('terminated').terminate('by hand');
  expect(await program.ended).toMatchObject({ exitCode: 1, stderr: 'The batch ended: by hand\n' });
});

testInBreadth('a connection that is lost for a while is no end of the batch', async () => {
  await using api = await FakeUnstructured.start({ startedJobs: { timeline: ['IN_PROGRESS'] } });
  await using proxy = await TemporalProxy.start(env.address);
  const batch = await testBatch(api, 2);
  const named = { TEMPORAL_ADDRESS: proxy.address, TEMPORAL_NAMESPACE: NAMESPACE };
  const program = batch.start(['--key', 'lost'], named);
  await eventually(() => expect(api.jobs.map(({ checks }) => checks > 0)).toEqual([true]));
  await proxy.close();
  await delay(LONGER_THAN_RETRIES_MS);
  await proxy.open();
  for (const job of api.jobs) job.setStatus('COMPLETED');
  expect(await program.ended).toMatchObject({ exitCode: 0, stderr: '' });
  await expectAllOnce(batch, 2);
});

test.skipIf(!hasTerminals)('on a terminal the batch is redrawn, and Ctrl-C there ends it', async () => {
  const args = ['run', '--from', 'examples/documents', '--template', 'hi_res_partition', '--fake'];
  const program = new Program([...args, '--to', await temporaryFolder()], {}, { terminal: 'rows 40 cols 80' });
  await program.says(/10 of 12 documents|2 of 12 documents/);
  program.type(CTRL_C);
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(130);
  const lines = screenOf(stdout);
  const bars = lines.filter((line) => /^[━─]{30} {2}/.test(line));
  expect(bars).toEqual([expect.stringMatching(/^━+─+ {2}(10|2) of 12 documents, (83|16) %$/)]);
  expect(lines.find((line) => line.startsWith('Stopping …'))).toBe(
    'Stopping … The fake API ends with its jobs. To start them again:',
  );
  expect(await program.processes()).toEqual([]);
});
