import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { UnstructuredError } from '../../src';
import { TestServerError } from '../../src/testing';
import { startTestServer } from '../../src/testing/start-server';
import { fakeExecutable, temporaryFolder } from './temporary-folder';

const failing = (): Promise<never> => Promise.reject(new Error('dns error'));

test('where nothing is found and the download fails, the error names every way tried', async () => {
  const root = await temporaryFolder();
  const env = { PATH: root, XDG_CACHE_HOME: root };
  await expect(startTestServer('dev', { start: failing, env })).rejects.toThrow(
    `The Temporal dev server could not be obtained:
  - TEMPORAL_CLI_PATH: not set
  - PATH: no executable file named temporal
  - ${root}/temporal-unstructured/temporal-cli-1.5.1/temporal: no such file
  - download by the SDK: dns error
Set TEMPORAL_CLI_PATH to an executable, or make the download possible.`,
  );
});

test('what keeps a server from starting is an error of this package, and whether it may pass is told', async () => {
  const root = await temporaryFolder();
  const path = await fakeExecutable(join(root, 'server'));
  const errorWith = (env: Record<string, string>) =>
    startTestServer('dev', { start: failing, env: { PATH: root, XDG_CACHE_HOME: root, ...env } }).catch(
      (error: unknown) => error,
    );
  const errors = [
    await errorWith({}),
    await errorWith({ TEMPORAL_CLI_PATH: path }),
    await errorWith({ TEMPORAL_CLI_PATH: root }),
  ];
  for (const error of errors) expect(error).toBeInstanceOf(TestServerError);
  for (const error of errors) expect(error).toBeInstanceOf(UnstructuredError);
  expect(errors.map((error) => (error as TestServerError).retryable)).toEqual([true, true, false]);
});

test('where nothing is found, the SDK is left to download its own', async () => {
  const root = await temporaryFolder();
  const start = vi.fn(() => Promise.resolve('environment'));
  const env = { XDG_CACHE_HOME: root };
  expect(await startTestServer('time-skipping', { start, env })).toBe('environment');
  expect(start.mock.calls).toEqual([[undefined]]);
});

test('a server that is found but does not start is named, and no other is tried', async () => {
  const path = await fakeExecutable(join(await temporaryFolder(), 'server'));
  const start = vi.fn(failing);
  await expect(startTestServer('dev', { start, env: { TEMPORAL_CLI_PATH: path } })).rejects.toThrow(
    `The Temporal dev server '${path}' did not start: dns error`,
  );
  expect(start.mock.calls).toEqual([[{ type: 'existing-path', path }]]);
});

test('a download that the caller asks for is left to the SDK, whatever is found', async () => {
  const path = await fakeExecutable(join(await temporaryFolder(), 'server'));
  const executable = { type: 'cached-download', version: 'v1.4.0' } as const;
  const start = vi.fn(() => Promise.resolve());
  await startTestServer('dev', { executable, start, env: { TEMPORAL_CLI_PATH: path } });
  expect(start.mock.calls).toEqual([[executable]]);
});

test('a wrong path of the caller is refused before anything is started', async () => {
  const path = join(await temporaryFolder(), 'absent');
  const start = vi.fn(failing);
  await expect(startTestServer('dev', { executable: { type: 'existing-path', path }, start })).rejects.toThrow(
    `the executable path is '${path}': no such file`,
  );
  expect(start).not.toHaveBeenCalled();
});
