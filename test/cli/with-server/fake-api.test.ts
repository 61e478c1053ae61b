import { expect, test } from 'vitest';
import { FakeUnstructured } from '../../../src/testing';
import { Program, runProgram } from '../program';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the fake API serves other programs until %s', async (signal, exitCode) => {
  const program = new Program(['fake-api', '--api-key', 'of-the-test', '--demo-jobs']);
  const [, url = '', control = ''] = await program.says(/API at (\S+), control at (\S+)/);
  const [, id = ''] = await program.says(/(\S+) {2}simple\n/);
  const [added] = [
    (await (await fetch(`${control}jobs`, { method: 'POST', body: '{}' })).json()) as { id: string; status: string },
  ];
  expect(added.status).toBe('COMPLETED');

  for (const jobId of [id, added.id]) {
    const headers = { 'unstructured-api-key': 'of-the-test' };
    const answer = await fetch(`${url}/api/v1/jobs/${jobId}`, { headers });
    expect(((await answer.json()) as { id: string }).id).toBe(jobId);
  }
  expect((await fetch(`${url}/api/v1/jobs/${id}`)).status).toBe(401);

  program.kill(signal);
  expect(await program.ended).toMatchObject({ exitCode, stderr: '' });
  await expect(fetch(url)).rejects.toThrow();
});

test('ids are the same each time for one seed, so that they can be written down, and others without it', async () => {
  const ids = async (...seed: string[]): Promise<string[]> => {
    const program = new Program(['fake-api', '--demo-jobs', ...seed]);
    await program.says('failing\n');
    program.kill('SIGINT');
    return (await program.ended).stdout.split('\n').slice(1);
  };
  const [written, again, own, other] = await Promise.all([ids('--seed', 'a'), ids('--seed', 'a'), ids(), ids()]);
  expect(again).toEqual(written);
  const all = [...written, ...own, ...other].filter((line) => line !== '');
  expect(new Set(all).size).toBe(all.length);
});

test('the job in the help is one, and all controls are told there', async () => {
  const { stdout } = await runProgram(['fake-api', '--help']);
  const [, json = ''] = /\/__fake\/jobs -d '(\{.*?\})'$/ms.exec(stdout) ?? [];
  await using api = await FakeUnstructured.start();
  const added = await fetch(`${api.url}/__fake/jobs`, { method: 'POST', body: json });
  expect(await added.json()).toMatchObject({ status: 'SCHEDULED' });

  const { error } = (await (await fetch(`${api.url}/__fake/nothing`)).json()) as { error: string };
  const [, controls = ''] = error.split('there are ');
  expect(controls.split(', ').filter((name) => !stdout.includes(name))).toEqual([]);
});

test('help and version come without an error', async () => {
  expect(await runProgram(['--help'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await runProgram(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});
