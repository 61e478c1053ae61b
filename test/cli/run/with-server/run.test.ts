import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { BatchReport } from '../../../../src/cli/run/report';
import { FakeUnstructured } from '../../../../src/testing';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { expectAllOnce, recordFolders, testBatch } from '../../batch-program';
import { runProgram } from '../../program';

const DONE_AT_ONCE = { startedJobs: { timeline: ['COMPLETED' as const] } };

test('without an account a folder becomes files, a table and a manifest', async () => {
  const to = join(await temporaryFolder(), 'out');
  const args = ['run', '--from', 'examples/documents', '--to', to, '--template', 'hi_res_partition', '--fake'];
  const { exitCode, stdout, stderr } = await runProgram(args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Batch +documents-[0-9a-f]{8}-fake-api$/m);
  expect(stdout).toMatch(/^The outputs are invented: a fake API made them/m);
  expect(stdout).toMatch(/^Temporal +dev server in memory 127\.0\.0\.1:\d+, namespace default$/m);
  expect(stdout).toMatch(/ s {2}listing documents\n/);
  expect(stdout).toMatch(/ s {2}(0 of 12 documents, 0|(2|10) of 12 documents, 1) of 2 jobs\n/); // the second may end right after the first
  expect(stdout).toMatch(/\n12 +12 +0 +0 +0 +2 +0 +\d/);
  expect(stdout).toContain(`  Outputs   ${to}\n`);
  const [, manifest = ''] = /^ {2}Manifest {2}(.*)$/m.exec(stdout) ?? [];
  expect(JSON.parse(await readFile(manifest, 'utf8'))).toMatchObject({ outcome: 'completed', counts: { ok: 12 } });
  expect((await readdir(join(to, 'tables'))).sort()).toEqual(['hours-2026-11.json', 'machines.json', 'stock.json']);
  const real = args.filter((word) => word !== '--fake');
  for (const option of ['--unless-in', '--retry-failed']) {
    const refused = await runProgram([...real, option, manifest], { UNSTRUCTURED_API_KEY: 'key-of-the-test' });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(`The batch would build on ${manifest}, which --fake made`);
  }
  const none = await runProgram([...args, '--match', 'none']);
  expect(none.exitCode).toBe(0);
  expect(none.stdout).toContain('There are no documents to process.');
  expect(none.stdout).not.toContain('invented');
});

test('a batch that had ended is told, and what has come since is run by the command that is printed', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 3);
  const first = await batch.start().ended;
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  await expectAllOnce(batch, 3);
  expect(first.stdout).not.toContain('had ended before');

  await writeFile(join(batch.from, 'new.txt'), 'new');
  const second = await batch.start().ended;
  expect(second.exitCode).toBe(0);
  expect(api.jobs).toHaveLength(1);
  expect(second.stdout).toMatch(/ as a new batch:\nnpx temporal-unstructured run .* --unless-in latest\n$/);
  const third = await batch.start(['--unless-in', 'latest', '--json']).ended;
  expect(JSON.parse(third.stdout)).toMatchObject({ counts: { documents: 1, ok: 1 }, leftOut: { unchanged: 3 } });
  expect(api.jobs).toHaveLength(2);
});

test('night after night the same line runs what is new, and the first night all', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 2);
  const night = () => batch.start(['--unless-in', 'latest', '--json']).ended;
  const first = await night();
  expect(first.stderr).toMatch(/^Unless in there is no manifest of these documents yet$/m);
  const { key, manifest, ...report } = JSON.parse(first.stdout) as BatchReport;
  expect(report).toMatchObject({ counts: { documents: 2, ok: 2 }, leftOut: {} });

  await writeFile(join(batch.from, 'new.txt'), 'new');
  const second = await night();
  expect(second.stderr).toContain(`Unless in ${fileURLToPath(manifest ?? '')}\n`);
  const { key: next, ...rest } = JSON.parse(second.stdout) as BatchReport;
  expect(next).not.toBe(key);
  expect(rest).toMatchObject({ counts: { documents: 1, ok: 1 }, leftOut: { unchanged: 2 } });
  expect(JSON.parse((await night()).stdout)).toMatchObject({ counts: { documents: 0 }, leftOut: { unchanged: 3 } });
  expect(api.jobs).toHaveLength(2);
});

test('where the latest manifest cannot be read, no key is told: it is none of that night', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 1);
  await mkdir(join(batch.to, '_manifests', 'broken'), { recursive: true });
  await writeFile(join(batch.to, '_manifests', 'broken', 'manifest.json'), 'no JSON');
  const { exitCode, stdout } = await batch.start(['--unless-in', 'latest', '--json']).ended;
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ key: null, outcome: 'setUp', manifest: null });
});

test('--json prints one object; documents that are not ok end with 1, and are run again by the manifest', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 4);
  api.setStartedJobs({ timeline: ['COMPLETED'], failedFiles: { 'a b.txt': 'It is encrypted' } });
  const { exitCode, stdout, stderr } = await batch.start(['--json', '--key', 'november']).ended;
  expect(exitCode).toBe(1);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const report = JSON.parse(stdout) as BatchReport;
  const [folder = ''] = await recordFolders(batch.to);
  expect(report).toEqual({
    key: 'november',
    outcome: 'completed',
    exitCode: 1,
    message: null,
    counts: { documents: 4, ok: 3, failed: 1, refused: 0, missing: 0, jobs: 1, failedJobs: 0 },
    leftOut: {},
    unsettledJobs: 0,
    manifest: expect.stringMatching(/^file:.*\/_manifests\/november\/manifest\.json$/) as string,
    to: expect.stringMatching(/^file:.*\/out%2050%25%20%C3%A9\/$/) as string,
    seconds: expect.any(Number) as number,
  });
  expect(stderr).toMatch(/\na b\.txt +failed +.*It is encrypted/);
  expect(stderr).toContain(` --key november-retry --retry-failed '${join(folder, 'manifest.json')}'\n`);

  api.setStartedJobs({ timeline: ['COMPLETED'] });
  const again = await batch.start(['--json', '--retry-failed', report.manifest ?? '']).ended;
  expect(JSON.parse(again.stdout)).toMatchObject({ exitCode: 0, counts: { documents: 1, ok: 1 } });
});

test('a batch whose standard error nobody reads goes on, and reports on standard output', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const program = (await testBatch(api, 1)).start(['--json']);
  program.close('stderr');
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'completed', counts: { ok: 1 } });
});

test('more that fail than are tolerated end with 1, and why', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 2);
  api.setStartedJobs({ timeline: ['FAILED'] });
  const { exitCode, stdout } = await batch.start(['--tolerated', '0.4']).ended;
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/\n2 of 2 documents are not ok \(2 failed, 0 refused, 0 missing\), more than is tolerated/);
});

test('a folder without a document for it ends with 0, and says what was left out', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 3);
  const { exitCode, stdout } = await batch.start(['--match', '**/*.pdf']).ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain('  Left out  3 noMatch\n            /');
  expect(stdout).toMatch(/\nThere are no documents to process\.\n/);
  expect(api.jobs).toEqual([]);
});

test('a key that has another batch ends with 2', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 1);
  expect((await batch.start(['--key', 'november']).ended).exitCode).toBe(0);
  const { exitCode, stdout, stderr } = await batch.start(['--key', 'november', '--match', '*', '--json']).ended;
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/The key "november" has a batch of other documents or options\..*\n$/);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'setUp', exitCode: 2, counts: null });
});

test('a key that the API refuses is found out before anything is begun', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 1);
  const { exitCode, stdout, stderr } = await batch.start([], { UNSTRUCTURED_API_KEY: 'wrong-key-of-the-test' }).ended;
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^http:\/\/127\.0\.0\.1:\d+ can't be used: .*\n$/);
  expect(stdout + stderr).not.toContain('wrong-key');
  await expect(readdir(batch.to)).rejects.toThrow('ENOENT');
});

test('an API that does not answer ends with 2', async () => {
  const batch = await testBatch(await closedApi(), 1);
  const { exitCode, stderr } = await batch.start().ended;
  expect({ exitCode, lines: stderr.trimEnd().split('\n').length }).toEqual({ exitCode: 2, lines: 1 });
});

test('a folder that is not there ends with 2', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 1);
  await rm(batch.from, { recursive: true });
  const { exitCode, stdout, stderr } = await batch.start(['--json']).ended;
  const message = `--from is ${batch.from}: no such folder.`;
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `${message}\n` });
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'setUp', message });
});

test('a Temporal server that is named and does not answer ends with 2, and no folder of a state is made', async () => {
  await using api = await FakeUnstructured.start(DONE_AT_ONCE);
  const batch = await testBatch(api, 1);
  const { exitCode, stderr } = await batch.start([], { TEMPORAL_ADDRESS: '127.0.0.1:1' }).ended;
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^No Temporal server answers at 127\.0\.0\.1:1, which TEMPORAL_ADDRESS names: Connection refused\.\n/,
  );
  await expect(readdir(batch.to)).rejects.toThrow('ENOENT');
});

/** Where nothing listens any more. */
async function closedApi(): Promise<FakeUnstructured> {
  const api = await FakeUnstructured.start();
  await api.close();
  return api;
}
