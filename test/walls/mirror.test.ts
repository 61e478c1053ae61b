import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dirOf, readWalls } from './table';

/** Folders of tests that are for no room of the package, or for all. */
const OTHERS = ['bench', 'dev-server', 'docker', 'docs', 'package', 'python', 'scripts', 'support', 'walls'];
/** Folders that say what their tests need. */
const NEEDS = ['apart', 'with-server'];

/** Folders with test files, below `test`. */
function testFolders(): string[] {
  const names = readdirSync(join(__dirname, '..'), { recursive: true, encoding: 'utf8' });
  const tests = names.map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.test.ts'));
  return [...new Set(tests.map(dirOf))].filter((folder) => !OTHERS.includes(folder.split('/')[0]!));
}

/** The room that the tests of a folder are for, or the file. */
function roomsOf(folder: string): string[] {
  const path = folder
    .split('/')
    .filter((part) => !NEEDS.includes(part))
    .join('/');
  return [path, `src/${path}`, `src/${path}.ts`];
}

test('a folder of tests has the name of the room that they are for', async () => {
  const rooms = Object.keys(await readWalls());
  const folders = testFolders();
  expect(folders.length).toBeGreaterThan(20);
  expect(folders.filter((folder) => !roomsOf(folder).some((name) => rooms.includes(name)))).toEqual([]);
});
