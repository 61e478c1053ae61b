import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from '../../../../src';
import type { BatchReport } from '../../../../src/cli/run/report';
import { FakeUnstructured, faults } from '../../../../src/testing';
import { eventually } from '../../../dev-server/support/eventually';
import { testInBreadth } from '../../../support/breadth';
import { expectAllOnce, recordFolders, testBatch, type TestBatch } from '../../batch-program';
import type { Program } from '../../program';

const IN_MIDAIR = { startedJobs: { timeline: ['IN_PROGRESS' as const] } };

/** Two programs one after the other, with a server each. */
const TIMEOUT_MS = 240_000;

/** Starts a batch of two jobs, and returns once both are awaited: the answer to no start is lost. */
async function startedBatch({ api, start }: TestBatch, args?: string[]): Promise<Program> {
  const program = start(args);
  await program.says(/ s {2}0 of 12 documents, 0 of 2 jobs\n/);
  await eventually(() => expect(api.jobs.map(({ checks }) => checks > 0)).toEqual([true, true]));
  return program;
}

/** Kills a program whose first start is under way. */
async function killedWhileStarting({ start }: TestBatch, isReceived: () => boolean): Promise<void> {
  const program = start();
  await eventually(() => expect(isReceived()).toBe(true));
  program.kill('SIGKILL');
  await program.ended;
}

function complete(api: FakeUnstructured): void {
  for (const job of api.jobs) job.setStatus('COMPLETED');
}

test(
  'a second program is refused while one works on the batch; once that is killed, it goes on: every document once, and no second job',
  async () => {
    await using api = await FakeUnstructured.start(IN_MIDAIR);
    const batch = await testBatch(api);
    const first = await startedBatch(batch);
    const { exitCode, stdout, stderr } = await batch.start(['--json']).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^Another program, process \d+, works on this batch: .*\/_manifests\/\S+ is in use\.\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'setUp', exitCode: 2 });
    first.kill('SIGKILL');
    await first.ended;
    complete(api);
    const second = batch.start(); // at once: the server of the first may still be ending
    expect(await second.ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(second.stdout).not.toContain('listing documents');
    await expectAllOnce(batch);
    expect(api.jobs).toHaveLength(2);
    expect(await second.processes()).toEqual([]);
    await eventually(async () => expect(await first.processes()).toEqual([]));
  },
  TIMEOUT_MS,
);

testInBreadth(
  'a server that is left over where all else was killed is ended before another takes its file',
  async () => {
    await using api = await FakeUnstructured.start(IN_MIDAIR);
    const batch = await testBatch(api);
    const first = await startedBatch(batch);
    const processes = await first.processes();
    const isServer = (line: string) => line.includes(' start-dev ');
    for (const line of processes.filter((one) => !isServer(one))) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    await first.ended;
    expect((await first.processes()).filter(isServer)).toHaveLength(1);
    complete(api);
    expect(await batch.start().ended).toMatchObject({ exitCode: 0, stderr: '' });
    await expectAllOnce(batch);
    expect(api.jobs).toHaveLength(2);
    expect(await first.processes()).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'jobs that a killed program began are not started again, though the file of its server is deleted',
  async () => {
    await using api = await FakeUnstructured.start(IN_MIDAIR);
    const batch = await testBatch(api);
    const first = await startedBatch(batch);
    first.kill('SIGKILL');
    await first.ended;
    await eventually(async () => expect(await first.processes()).toEqual([]));
    complete(api);
    const [folder = ''] = await recordFolders(batch.to);
    for (const name of await readdir(folder)) if (name.startsWith('temporal-')) await rm(join(folder, name));
    const { stdout, stderr } = await batch.start(['--json']).ended;
    expect(JSON.parse(stdout)).toMatchObject({ counts: { documents: 12, missing: 12 }, unsettledJobs: 2 });
    expect(stderr).toContain('\nTo take up the unsettled jobs, without paying again:\nnpx temporal-unstructured run ');
    expect(api.jobs).toHaveLength(2);
  },
  TIMEOUT_MS,
);

test(
  'Ctrl-C tells how to go on, leaves the jobs alone, and the same command goes on',
  async () => {
    await using api = await FakeUnstructured.start(IN_MIDAIR);
    const batch = await testBatch(api);
    const first = await startedBatch(batch, ['--parallel', '2']);
    first.kill('SIGINT');
    const ended = await first.ended;
    expect(ended).toMatchObject({ exitCode: 130, stderr: '' });
    const { from, to } = batch;
    expect(ended.stdout).toContain(
      `Stopping … The jobs of the batch continue. To resume:\nnpx temporal-unstructured run --from '${from}' --to '${to}' --template hi_res_partition --parallel 2\n`,
    );
    expect(await first.processes()).toEqual([]);
    expect(await Promise.all(api.jobs.map((job) => job.status()))).toEqual(['IN_PROGRESS', 'IN_PROGRESS']);
    complete(api);
    expect(await batch.start().ended).toMatchObject({ exitCode: 0 });
    await expectAllOnce(batch);
    expect(api.jobs).toHaveLength(2);
  },
  TIMEOUT_MS,
);

test(
  'a night that was interrupted is resumed by the next one, though a batch by hand has ended in between',
  async () => {
    await using api = await FakeUnstructured.start(IN_MIDAIR);
    const batch = await testBatch(api);
    const night = ['--unless-in', 'latest', '--json'];
    const first = batch.start(night);
    await eventually(() => expect(api.jobs.map(({ checks }) => checks > 0)).toEqual([true, true]));
    first.kill('SIGINT');
    const { key } = JSON.parse((await first.ended).stdout) as BatchReport;
    complete(api);
    const refused = await batch.start([...night, '--name', '{stem}.txt']).ended;
    expect(JSON.parse(refused.stdout)).toMatchObject({ outcome: 'setUp', exitCode: 2 });
    expect(refused.stderr).toContain(`The batch ${key} has not ended, and was begun with other options`);
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    expect(await batch.start(['--key', 'by-hand']).ended).toMatchObject({ exitCode: 0 });
    const next = JSON.parse((await batch.start(night).ended).stdout) as BatchReport;
    expect(next).toMatchObject({ key, outcome: 'completed', counts: { documents: 12, ok: 12 } });
    expect(api.jobs).toHaveLength(4);
  },
  TIMEOUT_MS,
);

testInBreadth(
  'killed while the first start is not answered, it finds the job that came of it, and starts no second one',
  async () => {
    await using api = await FakeUnstructured.start();
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.hang()]]);
    const batch = await testBatch(api);
    await killedWhileStarting(batch, () => api.jobs.length > 0);
    expect(await batch.start().ended).toMatchObject({ exitCode: 0 });
    await expectAllOnce(batch);
    expect(api.jobs).toHaveLength(2);
  },
  TIMEOUT_MS,
);

testInBreadth(
  'killed while the documents of the first start are sent, it sends them no second time, and tells what settles that',
  async () => {
    await using api = await FakeUnstructured.start();
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.notAccepted(), faults.hang()]]);
    const batch = await testBatch(api);
    await killedWhileStarting(batch, () => api.requests.some(({ operation }) => operation === 'createJob'));
    const { exitCode, stdout } = await batch.start(['--json']).ended;
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      counts: { documents: 12, ok: 2, missing: 10 },
      manifest: expect.any(String),
    });
    const [folder] = await recordFolders(batch.to);
    const { unsettledJobs } = JSON.parse(await readFile(join(folder!, 'manifest.json'), 'utf8')) as Manifest;
    expect(unsettledJobs).toMatchObject([{ part: 1, message: expect.stringContaining('It is not sent again') }]);
    expect(api.jobs).toHaveLength(1);
  },
  TIMEOUT_MS,
);

testInBreadth(
  'with a fake API of its own, a killed program goes on with the documents that are not done',
  async () => {
    await using api = await FakeUnstructured.start(); // asked for nothing
    const batch = await testBatch(api);
    const first = batch.start(['--fake']);
    await first.says(/ s {2}\d+ of 12 documents, 1 of 2 jobs/);
    first.kill('SIGKILL');
    await first.ended;
    const second = batch.start(['--fake', '--json']);
    const { exitCode, stdout, stderr } = await second.ended;
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'completed', counts: { documents: 12, ok: 12 } });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/ s {2}(2|10) of 12 documents, 1 of 2 jobs\n/);
    await expectAllOnce(batch);
    expect(api.requests).toEqual([]);
  },
  TIMEOUT_MS,
);
