import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { dirOf, readWalls, roomOf, type Walls } from './table';
import { isFile } from './tree';

/** Folders of tests that are for no room of the package, or for all. */
const OTHERS = ['bench', 'dev-server', 'docker', 'docs', 'package', 'python', 'scripts', 'support', 'walls'];
/** Folders that say what their tests need. */
const NEEDS = ['apart', 'with-server'];

/** What is around the package. */
const AROUND = /^\.$|\/\*\*$/;
/** Rooms without tests of their own, each with the reason. */
const WITHOUT: Record<string, string> = {
  'src/testing/fake': 'each of its tests is for what one of its rooms does',
};

const TESTS = join(__dirname, '..');

/** Test files, below `test`. */
function testFiles(): string[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.test.ts') && !OTHERS.includes(name.split('/')[0]!));
}

function withoutNeeds(folder: string): string {
  const parts = folder.split('/').filter((part) => !NEEDS.includes(part));
  return parts.join('/');
}

/** The room that the tests of a folder are for, or the file. */
function roomsOf(folder: string): string[] {
  const path = withoutNeeds(folder);
  return [path, `src/${path}`, `src/${path}.ts`];
}

test('a folder of tests has the name of the room that they are for', async () => {
  const rooms = Object.keys(await readWalls());
  const folders = [...new Set(testFiles().map(dirOf))];
  expect(folders.length).toBeGreaterThan(20);
  expect(folders.filter((folder) => !roomsOf(folder).some((name) => rooms.includes(name)))).toEqual([]);
});

test('a room has a folder of tests, or a reason why it has none', async () => {
  const tested = testFiles().flatMap((file) => roomsOf(dirOf(file)));
  const rooms = Object.keys(await readWalls()).filter((room) => !isFile(room) && !AROUND.test(room));
  expect(rooms.length).toBeGreaterThan(35);
  expect(rooms.filter((room) => !tested.includes(room))).toEqual(Object.keys(WITHOUT));
});

/** The room below those of its folder that a test is for: the only one that it imports, where it needs no set-up of the folder. */
function roomBelow(walls: Walls, file: string): string | undefined {
  const folder = dirOf(file);
  const imports = readFileSync(join(TESTS, file), 'utf8').matchAll(/ from '(\.[^']*)';/g);
  const paths = [...imports].map(([, path]) => posix.join('test', folder, path!));
  if (paths.some((path) => path.startsWith(`test/${withoutNeeds(folder)}/`))) return undefined;
  const rooms = new Set(paths.map((path) => roomOf(walls, `${path}.ts`) ?? path));
  const own = roomsOf(folder);
  const [below, ...others] = [...rooms].filter(
    (room) => !isFile(room) && own.some((name) => room.startsWith(`${name}/`)),
  );
  return others.length > 0 || own.some((name) => rooms.has(name)) ? undefined : below;
}

test('a test that imports one room alone of those below its folder lies in the folder of that room', async () => {
  const walls = await readWalls();
  expect(testFiles().filter((file) => roomBelow(walls, file) !== undefined)).toEqual([]);
});
