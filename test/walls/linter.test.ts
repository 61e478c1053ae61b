import { expect, it } from 'vitest';
import { dependencies, peerDependencies, scripts } from '../../package.json';
import { readWalls } from './table';
import { lintWalls } from './tree';

it('looks at the walls when it runs', () => {
  expect(scripts.lint.split(' && ')).toContain('npm run --silent lint:walls');
});

it('fails where a wall does not hold, and names the import', async () => {
  const { exitCode, output } = await lintWalls({ 'src/core/job.ts': "import 'node:fs';" });
  expect(exitCode).toBeGreaterThan(0);
  expect(output).toContain('src/core/job.ts → fs');
});

it('passes where all walls hold', async () => {
  const { exitCode } = await lintWalls({ 'src/core/job.ts': '', 'src/core/wait/state.ts': "import '../job';" });
  expect(exitCode).toBe(0);
});

it('lets what is published use only packages that users get', async () => {
  const published = Object.entries(await readWalls()).filter(([room]) => /^(src|activities|workflows)\b/.test(room));
  const names = published.flatMap(([, { packages = [] }]) => packages.map((name) => name.replace('types:', '')));
  const given = [...Object.keys(dependencies), ...Object.keys(peerDependencies), 'node:*'];
  expect(names.filter((name) => !given.includes(name))).toEqual([]);
});
