import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { Program } from '../../program';
import { screenOf } from '../../terminal';

const CTRL_C = '\u0003';
const hasTerminals = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasTerminals)('on a terminal', () => {
  test('each job has one line, redrawn until its end; with --keep everything stays up until Ctrl-C takes it away', async () => {
    const temporary = await temporaryFolder();
    const program = new Program(['demo', '--keep'], { TMPDIR: temporary }, { terminal: 'rows 40 cols 100' });
    onTestFinished(() => program.kill('SIGKILL')); // the terminal goes, and what runs on it
    await program.says('Everything stays up');
    const printed = stripVTControlCharacters(program.stdout);
    const [, link = ''] = /\n +failing +(http:\S+)/.exec(printed) ?? [];
    const { origin, pathname } = new URL(link);
    expect((await fetch(link)).status).toBe(200);
    expect(await (await fetch(`${origin}/api/v1${pathname}`)).text()).toContain('WORKFLOW_EXECUTION_STATUS_FAILED');
    const [, folder = ''] = /\nThe files are in (\S+)/.exec(printed) ?? [];
    expect(await readdir(folder)).toHaveLength(3);

    program.type(CTRL_C);
    const { exitCode, stdout } = await program.ended;
    expect(exitCode).toBe(130);
    expect(await program.processes()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);

    const lines = screenOf(stdout);
    const head = lines.indexOf('Waits');
    expect(lines.slice(head - 9, head)).toEqual([
      '',
      expect.stringMatching(/^✔ simple {3}COMPLETED {16}\d+ checks? +done, 2 output node files$/),
      expect.stringMatching(/^✔ hiccups {2}COMPLETED {16}\d+ checks? +done, 4 output node files$/),
      expect.stringMatching(/^✔ queued {3}COMPLETED {16}\d+ checks? +done, 2 output node files$/),
      expect.stringMatching(/^✖ failing {2}FAILED {19}\d+ checks? +wait ended$/),
      expect.stringMatching(/^✔ watched {2}COMPLETED {16}[1-4] checks? +done, 2 output node files$/),
      expect.stringMatching(/^✔ runJob {3}ended {20}\d+ checks? +done, 3 documents$/),
      expect.stringMatching(/^✔ runJobs {2}ended +done, 12 documents$/),
      '',
    ]);
    expect(lines.filter((line) => line.length > 100 && !/http|\/unstructured-demo-/.test(line))).toEqual([]);
  });

  it('that tells no size, lines are printed instead; Ctrl-C there ends it', async () => {
    const program = new Program(['demo'], {}, { terminal: 'rows 0 cols 0' });
    await program.says(/ s {2}queued +SCHEDULED\r?\n/);
    program.type(CTRL_C);
    expect(await program.ended).toMatchObject({ exitCode: 130 });
    expect(await program.processes()).toEqual([]);
  });
});
