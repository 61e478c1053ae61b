import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Program } from '../program';
import { screenOf } from '../terminal';

const CTRL_C = '\u0003';
const hasTerminals = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasTerminals)('on a terminal', () => {
  test('each job has one line, which is redrawn until it shows the end', async () => {
    const { exitCode, stdout } = await new Program(['demo'], {}, { terminal: 'rows 40 cols 100' }).ended;
    expect(exitCode).toBe(0);
    const lines = screenOf(stdout);
    const head = lines.indexOf('Waits');
    expect(lines.slice(head - 8, head)).toEqual([
      '',
      expect.stringMatching(/^✔ simple {3}COMPLETED {16}\d+ checks? +done, 2 output node files$/),
      expect.stringMatching(/^✔ hiccups {2}COMPLETED {16}\d+ checks? +done, 4 output node files$/),
      expect.stringMatching(/^✔ queued {3}COMPLETED {16}\d+ checks? +done, 2 output node files$/),
      expect.stringMatching(/^✖ failing {2}FAILED {19}\d+ checks? +wait ended$/),
      expect.stringMatching(/^✔ runJob {3}ended {20}\d+ checks? +done, 3 documents$/),
      expect.stringMatching(/^✔ runJobs {2}ended +done, 12 documents$/),
      '',
    ]);
    expect(lines.filter((line) => line.length > 100 && !/http|\/unstructured-demo-/.test(line))).toEqual([]);
  });

  test('that tells no size, lines are printed instead; Ctrl-C there ends it', async () => {
    const program = new Program(['demo'], {}, { terminal: 'rows 0 cols 0' });
    await program.says(/ s {2}queued +SCHEDULED\r?\n/);
    program.type(CTRL_C);
    expect(await program.ended).toMatchObject({ exitCode: 130 });
    expect(await program.processes()).toEqual([]);
  });
});
