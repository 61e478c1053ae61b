import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fillCache } from '../../scripts/servers/fill-cache';
import { temporaryFolder } from '../testing/temporary-folder';

const content = (folder: string): Promise<string> => readFile(join(folder, 'server'), 'utf8');
const works = (folder: string): Promise<boolean> =>
  content(folder).then(
    (text) => text !== 'broken',
    () => false,
  );
const writes = (text: string) => (staging: string) => writeFile(join(staging, 'server'), text);

test('two runs at once leave one whole folder: the first one to be ready stays', async () => {
  const root = await temporaryFolder();
  const folder = join(root, 'server-1.0');
  let letSlowOneEnd = (): void => undefined;
  const fastOneIsDone = new Promise<void>((resolve) => (letSlowOneEnd = resolve));

  const slow = fillCache({
    folder,
    works,
    build: async (staging) => {
      await writes('slow')(staging);
      await fastOneIsDone;
    },
  });
  await fillCache({ folder, works, build: writes('fast') });
  letSlowOneEnd();
  await slow;

  expect(await content(folder)).toBe('fast');
  expect(await readdir(root)).toEqual(['server-1.0']);
});

test('many runs that end in the same moment replace a broken folder and leave nothing else', async () => {
  const root = await temporaryFolder();
  const folder = join(root, 'server-1.0');
  await mkdir(folder);
  await writes('broken')(folder);
  await Promise.all(Array.from({ length: 8 }, () => fillCache({ folder, works, build: writes('new') })));
  expect(await content(folder)).toBe('new');
  expect(await readdir(root)).toEqual(['server-1.0']);
});

test('a good folder that takes the place of a broken one while that is judged stays', async () => {
  const root = await temporaryFolder();
  const folder = join(root, 'server-1.0');
  await mkdir(folder);
  await writes('broken')(folder);
  let judged = 0;
  await fillCache({
    folder,
    build: writes('late'),
    works: async (judgedFolder) => {
      const verdict = await works(judgedFolder);
      if (judged++ === 0) await fillCache({ folder, works, build: writes('good') });
      return verdict;
    },
  });
  expect(await content(folder)).toBe('good');
});

test('while it is built, nothing stands under the final name', async () => {
  const root = await temporaryFolder();
  const folder = join(root, 'server-1.0');
  let seen: string[] = [];
  await fillCache({
    folder,
    works,
    build: async (staging) => {
      await writes('new')(staging);
      seen = await readdir(root);
    },
  });
  expect(seen).toEqual([expect.stringMatching(/^\.server-1\.0-/)]);
});

test('a build that fails leaves only its log, and the error says where', async () => {
  const root = await temporaryFolder();
  const folder = join(root, 'server-1.0');
  const build = async (staging: string, log: string): Promise<void> => {
    await writes('half')(staging);
    await writeFile(log, 'line of the compiler');
    throw new Error('go: ended with 1');
  };
  await expect(fillCache({ folder, works, build })).rejects.toThrow(`go: ended with 1\n    whole log: ${folder}.log`);
  expect(await readdir(root)).toEqual(['server-1.0.log']);
  expect(await readFile(`${folder}.log`, 'utf8')).toBe('line of the compiler');

  await fillCache({ folder, works, build: writes('new') });
  expect(await readdir(root)).toEqual(['server-1.0']);
});

test('what was built but does not run is not kept', async () => {
  const root = await temporaryFolder();
  const filling = { folder: join(root, 'server-1.0'), works, build: writes('broken') };
  await expect(fillCache(filling)).rejects.toThrow('what was built does not run');
  expect(await readdir(root)).toEqual([]);
});

test('what a killed build left behind is removed after a day, that of a running one is not', async () => {
  const root = await temporaryFolder();
  const yesterday = Date.now() / 1000 - 25 * 60 * 60;
  for (const name of ['.server-1.0-old', '.server-1.0-young', '.other-1.0-old']) await mkdir(join(root, name));
  for (const name of ['.server-1.0-old', '.other-1.0-old']) await utimes(join(root, name), yesterday, yesterday);
  await fillCache({ folder: join(root, 'server-1.0'), works, build: writes('new') });
  expect((await readdir(root)).sort()).toEqual(['.other-1.0-old', '.server-1.0-young', 'server-1.0']);
});

test('a log without a line is not kept', async () => {
  const root = await temporaryFolder();
  const build = async (_staging: string, log: string): Promise<void> => {
    await writeFile(log, '');
    throw new Error('go: not installed');
  };
  await expect(fillCache({ folder: join(root, 'server-1.0'), works, build })).rejects.toThrow(/^go: not installed$/);
  expect(await readdir(root)).toEqual([]);
});

test('a folder that works stays', async () => {
  const folder = join(await temporaryFolder(), 'server-1.0');
  await fillCache({ folder, works, build: writes('first') });
  await fillCache({ folder, works, build: writes('second') });
  expect(await content(folder)).toBe('first');
});
