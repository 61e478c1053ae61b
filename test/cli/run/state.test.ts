import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openState } from '../../../src/cli/run/state';
import { temporaryFolder } from '../../testing/temporary-folder';

test('a place of outputs that is a file, or below one, is told by its option', async () => {
  const file = join(await temporaryFolder(), 'notes.txt');
  await writeFile(file, '');
  for (const folder of [file, join(file, 'out')])
    await expect(openState('oct', { url: `file://${folder}/`, folder })).rejects.toMatchObject({
      message: `--to is ${folder}, where no folder can be made: it is a file, or below one.`,
      exitCode: 2,
    });
});

test('a folder of states that can not be made is told', async () => {
  const file = join(await temporaryFolder(), 'notes.txt');
  await writeFile(file, '');
  await expect(openState('oct', { url: 's3://out/' }, { XDG_STATE_HOME: file })).rejects.toMatchObject({
    message: expect.stringMatching(
      `^The state of the batch can't be kept in ${file}/temporal-unstructured/oct-.*: it is a file, or below one\\.$`,
    ) as string,
    exitCode: 2,
  });
});
