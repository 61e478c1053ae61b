import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../../../dev-server/support/eventually';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { Program } from '../../program';

/** Programs as `npm run demo` starts them. */
const NPM_RUN_DEMO = { entry: 'scripts/demo.ts' };

test('the demo shows its waits, results, links and the failure, ends with 0 and leaves no process behind, but files', async () => {
  const temporary = await temporaryFolder();
  const program = new Program([], { TMPDIR: temporary, TSX_DISABLE_CACHE: '1' }, NPM_RUN_DEMO);
  const { exitCode, stdout, stderr } = await program.ended;
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(await program.processes()).toEqual([]);

  expect(stdout).toMatch(/ s {2}queued +SCHEDULED\n/);
  expect(stdout).toMatch(/ s {2}hiccups +IN_PROGRESS +(try \d after|1 check failed:) \w+Error\n/);
  expect(stdout).toMatch(/\nsimple +COMPLETED +\d+\.\d s +\d+\.\d s +\d+ /);
  expect(stdout).toMatch(/\nhiccups +COMPLETED .*503, reset, 429, 503\n/);
  expect(stdout).toMatch(/\nwatched +COMPLETED +\d+\.\d s +\d+\.\d s +[1-4] /); // checks of the wait itself: once each time the status changes
  expect(stdout).toMatch(/\nfailing +FAILED /);
  expect(stdout).toMatch(
    /\nFailure of failing\n +type +UnstructuredJobFailedError\n +message +Job \S+ ended FAILED; failed: encrypted\.pdf \(The document is encrypted\)\n/,
  );
  expect(stdout).toMatch(/\nqueued +scan-0001-\w{8}\.tiff +partition\/unstructured_api +[\da-f-]{36}\n/);
  expect(stdout).toContain(
    'All as it should be: four jobs completed, one failed on purpose, and documents became files.',
  );
  const link = /(http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/unstructured-\S+)\n/g;
  expect([...stdout.matchAll(link)]).toHaveLength(8);
  expect(stdout).toContain('The Web UI ends with the demo; --keep leaves it up.');
  expect(stdout).toMatch(/\n +failed +encrypted\.pdf: The document is encrypted\n/);

  expect(stdout).toMatch(/ s {2}runJob +uploading\n/);
  expect(stdout).toMatch(/ s {2}runJob +running\n/);
  expect(stdout).toMatch(/ s {2}runJob +ended +done, 3 documents\n/);
  const [, folder = ''] = /\nThe files are in (\S+)\n/.exec(stdout) ?? [];
  expect(await readdir(temporary)).toEqual([basename(dirname(folder))]);
  expect(await readdir(folder)).toHaveLength(3);
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE']) {
    const [, output = ''] = new RegExp(`\\n${name} +ok +(\\S+) +\\d+\\n`).exec(stdout) ?? [];
    expect(await readFile(join(folder, output), 'utf8')).toContain(name);
  }

  expect(stdout).toMatch(/ s {2}runJobs +running +0 of 12 documents, 0 of 3 jobs\n/);
  expect(stdout).toMatch(/ s {2}runJobs +ended +done, 12 documents\n/);
  expect(stdout).toMatch(/\n12 +12 +0 +0 +0 +3 +0 +\d/);
  const [, manifest = ''] = /\n +Manifest +(\S+)\n/.exec(stdout) ?? [];
  expect(JSON.parse(await readFile(manifest, 'utf8'))).toMatchObject({ counts: { ok: 12 } });
  const batch = join(dirname(folder), 'batch');
  expect(await readFile(join(batch, 'letters', 'answer.json'), 'utf8')).toContain('answer.eml');
});

test('Ctrl-C while a server is being got ready ends that, and builds nothing', async () => {
  const temporary = await temporaryFolder();
  await using proxy = createServer().listen(0, '127.0.0.1'); // takes every connection and never answers
  await once(proxy, 'listening');
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = { TEMPORAL_CLI_PATH: '', PATH: temporary, XDG_CACHE_HOME: temporary, TMPDIR: temporary, HTTPS_PROXY };
  const program = new Program([], { ...env, TSX_DISABLE_CACHE: '1' }, NPM_RUN_DEMO);
  await eventually(async () =>
    expect(await program.processes()).toContainEqual(expect.stringContaining('createLocal')),
  );
  program.kill('SIGINT');
  expect(await program.ended).toEqual({ exitCode: 130, stdout: '', stderr: '' });
  expect(await program.processes()).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});
