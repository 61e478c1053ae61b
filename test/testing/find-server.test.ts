import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { cachedTestServer, findTestServer } from '../../src/testing/find-server';
import { fakeExecutable, temporaryFolder } from './temporary-folder';

/** All four places filled, and the environment that leads to them. */
async function everywhere() {
  const root = await temporaryFolder();
  const option = await fakeExecutable(join(root, 'option', 'server'));
  const variable = await fakeExecutable(join(root, 'variable', 'server'));
  const onPath = await fakeExecutable(join(root, 'bin', 'temporal'));
  const PATH = [join(root, 'empty'), join(root, 'bin')].join(delimiter);
  const env = { PATH, XDG_CACHE_HOME: join(root, 'cache') };
  const cached = {
    dev: await fakeExecutable(cachedTestServer('dev', env).path),
    'time-skipping': await fakeExecutable(cachedTestServer('time-skipping', env).path),
  };
  return { root, option, variable, onPath, cached, env };
}

describe('the dev server', () => {
  it('is the one of the option, before all others', async () => {
    const { option, variable, env } = await everywhere();
    const search = findTestServer('dev', { path: option, env: { ...env, TEMPORAL_CLI_PATH: variable } });
    expect(search).toMatchObject({ executable: { type: 'existing-path', path: option }, source: 'option' });
  });

  it('is the one of TEMPORAL_CLI_PATH, before the PATH', async () => {
    const { variable, env } = await everywhere();
    const search = findTestServer('dev', { env: { ...env, TEMPORAL_CLI_PATH: variable } });
    expect(search).toMatchObject({ executable: { path: variable }, source: 'variable' });
  });

  it('is temporal on the PATH, before the cache', async () => {
    const { onPath, env } = await everywhere();
    expect(findTestServer('dev', { env })).toMatchObject({ executable: { path: onPath }, source: 'PATH' });
  });

  it('is never a file on the PATH that is not executable', async () => {
    const { root, cached, env } = await everywhere();
    await fakeExecutable(join(root, 'plain', 'temporal'), { mode: 0o644 });
    await mkdir(join(root, 'folder', 'temporal'), { recursive: true });
    const PATH = [join(root, 'plain'), join(root, 'folder')].join(delimiter);
    const search = findTestServer('dev', { env: { ...env, PATH } });
    expect(search).toMatchObject({ executable: { path: cached.dev }, source: 'cache' });
  });

  it('is the one of the cache where there is no other', async () => {
    const { cached, env } = await everywhere();
    const search = findTestServer('dev', { env: { ...env, PATH: undefined } });
    expect(search).toMatchObject({ executable: { path: cached.dev }, source: 'cache' });
  });

  it('is not found in empty places, and each of them is told', async () => {
    const root = await temporaryFolder();
    const env = { PATH: root, XDG_CACHE_HOME: root };
    expect(findTestServer('dev', { env })).toEqual({
      executable: undefined,
      source: undefined,
      lookedAt: [
        'TEMPORAL_CLI_PATH: not set',
        'PATH: no executable file named temporal',
        `${root}/temporal-unstructured/temporal-cli-1.5.1/temporal: no such file`,
      ],
    });
  });
});

describe('the time-skipping server', () => {
  it('is the one of TEMPORAL_TEST_SERVER_PATH, before the cache', async () => {
    const { variable, env } = await everywhere();
    const search = findTestServer('time-skipping', { env: { ...env, TEMPORAL_TEST_SERVER_PATH: variable } });
    expect(search).toMatchObject({ executable: { path: variable }, source: 'variable' });
  });

  it('is the one of the cache, and never one of the PATH', async () => {
    const { root, cached, env } = await everywhere();
    await fakeExecutable(join(root, 'bin', 'temporal-test-server'));
    const search = findTestServer('time-skipping', {
      env: { ...env, TEMPORAL_CLI_PATH: join(root, 'bin', 'temporal') },
    });
    expect(search).toMatchObject({ executable: { path: cached['time-skipping'] }, source: 'cache' });
  });
});

describe('an explicit path', () => {
  it.each([
    ['no such file', 'absent'],
    ['not a file', ''],
    ['not executable', 'plain'],
  ])('is refused where it is %s, whatever else is there', async (reason, name) => {
    const { root, env } = await everywhere();
    await fakeExecutable(join(root, 'plain'), { mode: 0o644 });
    const path = join(root, name);
    expect(() => findTestServer('dev', { env: { ...env, TEMPORAL_CLI_PATH: path } })).toThrow(
      `TEMPORAL_CLI_PATH is '${path}': ${reason}`,
    );
    expect(() => findTestServer('dev', { path, env })).toThrow(`the executable path is '${path}': ${reason}`);
  });

  it('is made absolute, as a bare name would be looked for on the PATH', async () => {
    const { option } = await everywhere();
    const search = findTestServer('dev', { path: relative(process.cwd(), option) });
    expect(search.executable?.path).toBe(option);
  });

  it('that is an empty variable counts as not set', async () => {
    const { onPath, env } = await everywhere();
    expect(findTestServer('dev', { env: { ...env, TEMPORAL_CLI_PATH: '' } }).executable?.path).toBe(onPath);
  });
});

test.each([undefined, '', 'relative/cache'])('the cache is below the home folder where XDG_CACHE_HOME is %j', (xdg) => {
  expect(cachedTestServer('time-skipping', { XDG_CACHE_HOME: xdg }).path).toBe(
    join(homedir(), '.cache/temporal-unstructured/temporal-test-server-1.35.0/temporal-test-server'),
  );
});
