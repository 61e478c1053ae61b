import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ensureServers } from '../../scripts/servers/ensure';
import { cachedTestServer } from '../../src/testing/find-server';
import { fakeExecutable, temporaryFolder } from '../testing/temporary-folder';

/** An empty machine without network, where Go and Maven would give a working executable. */
async function emptyMachine() {
  const root = await temporaryFolder();
  const env = {
    ...process.env,
    TEMPORAL_CLI_PATH: '',
    TEMPORAL_TEST_SERVER_PATH: '',
    PATH: root,
    XDG_CACHE_HOME: root,
  };
  const build = (name: string) => vi.fn((staging: string) => fakeExecutable(join(staging, name)).then(() => undefined));
  return {
    root,
    env,
    report: vi.fn(),
    download: vi.fn(() => Promise.reject(new Error('dns error'))),
    builders: { dev: build('temporal'), 'time-skipping': build('temporal-test-server') },
  };
}

test('a server that is found and runs is taken, without a word', async () => {
  const machine = await emptyMachine();
  const path = await fakeExecutable(join(machine.root, 'temporal'));
  expect(await ensureServers(['dev'], machine)).toEqual({ dev: path });
  expect(machine.download).not.toHaveBeenCalled();
  expect(machine.report).not.toHaveBeenCalled();
});

test('where the SDK can download, nothing is built and no path is named', async () => {
  const machine = await emptyMachine();
  expect(await ensureServers(['dev', 'time-skipping'], { ...machine, download: () => Promise.resolve() })).toEqual({});
  expect(machine.builders.dev).not.toHaveBeenCalled();
});

test('where nothing is found or downloaded, both are built once, each with one line said', async () => {
  const machine = await emptyMachine();
  const built = {
    dev: cachedTestServer('dev', machine.env).path,
    'time-skipping': cachedTestServer('time-skipping', machine.env).path,
  };
  expect(await ensureServers(['dev', 'time-skipping'], machine)).toEqual(built);
  expect(await ensureServers(['dev', 'time-skipping'], machine)).toEqual(built);
  expect(machine.builders.dev).toHaveBeenCalledTimes(1);
  expect(machine.report.mock.calls.flat().sort()).toEqual([
    'Building the Temporal dev server 1.5.1 with Go, once for this user and version: about 3 minutes.',
    'Building the time-skipping test server 1.35.0 with Maven, once for this user and version: about 15 seconds.',
  ]);
});

test('a server in the cache that does not run is built anew', async () => {
  const machine = await emptyMachine();
  const { path } = cachedTestServer('dev', machine.env);
  await fakeExecutable(path, { exitCode: 1 });
  expect(await ensureServers(['dev'], machine)).toEqual({ dev: path });
  expect(machine.builders.dev).toHaveBeenCalledTimes(1);
  expect(await ensureServers(['dev'], machine)).toEqual({ dev: path });
  expect(machine.builders.dev).toHaveBeenCalledTimes(1);
});

test('a command on the PATH that does not run gives way to the cache', async () => {
  const machine = await emptyMachine();
  await fakeExecutable(join(machine.root, 'temporal'), { exitCode: 1 });
  const path = await fakeExecutable(cachedTestServer('dev', machine.env).path);
  expect(await ensureServers(['dev'], machine)).toEqual({ dev: path });
  expect(machine.builders.dev).not.toHaveBeenCalled();
});

test('a server named by the variable that does not run is an error, not a reason to build', async () => {
  const machine = await emptyMachine();
  const path = await fakeExecutable(join(machine.root, 'mine'), { exitCode: 1 });
  const env = { ...machine.env, TEMPORAL_CLI_PATH: path };
  await expect(ensureServers(['dev'], { ...machine, env })).rejects.toThrow(
    `TEMPORAL_CLI_PATH is '${path}': it does not run`,
  );
  expect(machine.builders.dev).not.toHaveBeenCalled();
});

test('where the build fails too, the error names every way tried and why', async () => {
  const machine = await emptyMachine();
  const builders = { 'time-skipping': () => Promise.reject(new Error('mvn: not installed')) };
  const { path } = cachedTestServer('time-skipping', machine.env);
  await expect(ensureServers(['time-skipping'], { ...machine, builders })).rejects.toThrow(
    `The time-skipping test server could not be obtained:
  - TEMPORAL_TEST_SERVER_PATH: not set
  - ${path}: no such file
  - download by the SDK: dns error
  - build with Maven: mvn: not installed`,
  );
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s during a build ends it, and leaves nothing behind', async (kill) => {
  const machine = await emptyMachine();
  const builders = {
    dev: (_staging: string, _log: string, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('go: interrupted')));
        process.kill(process.pid, kill);
      }),
  };
  await expect(ensureServers(['dev'], { ...machine, builders })).rejects.toThrow(
    /^Interrupted while getting Temporal servers ready\.$/,
  );
  expect(await readdir(join(machine.root, 'temporal-unstructured'))).toEqual([]);
});
