import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { eventually } from '../../../dev-server/support/eventually';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { Program } from '../../program';

/** A program whose temporary files can be told from those of others. */
async function startDemo(): Promise<{ program: Program; temporary: string }> {
  const temporary = await temporaryFolder();
  return { program: new Program(['demo', '--keep'], { TMPDIR: temporary }), temporary };
}

async function serverStarts(program: Program): Promise<void> {
  await eventually(async () =>
    expect(await program.processes()).toContainEqual(expect.stringContaining(' start-dev ')),
  );
}

test('Ctrl-C while the server starts ends the demo', async () => {
  const { program, temporary } = await startDemo();
  await serverStarts(program);
  program.kill('SIGINT');
  expect(await program.ended).toMatchObject({ exitCode: 130, stderr: '' });
  expect(await program.processes()).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});

test('Ctrl-C while jobs are awaited stops everything; a second one changes nothing', async () => {
  const { program, temporary } = await startDemo();
  const [, uiUrl = ''] = await program.says(/Web UI +(http:\/\/[^/]+)/);
  expect((await fetch(uiUrl)).status).toBe(200);
  await program.says('IN_PROGRESS');
  program.kill('SIGINT');
  program.kill('SIGINT');
  expect(await program.ended).toMatchObject({
    exitCode: 130,
    stdout: expect.stringMatching(/Stopping …\n$/) as string,
    stderr: '',
  });
  expect(await program.processes()).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});

test('a program that is killed takes its server with it', async () => {
  const { program } = await startDemo();
  await program.says('SCHEDULED');
  program.kill('SIGKILL');
  await program.ended;
  await eventually(async () => expect(await program.processes()).toEqual([]));
});
