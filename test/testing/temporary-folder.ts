import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A folder, by its real path, that is removed when the test is over.
 * @param onFinished Tests that run side by side pass their own
 */
export async function temporaryFolder(onFinished = onTestFinished): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'temporal-unstructured-test-')));
  onFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a shell script, with the folders above it, that ends with `exitCode`. */
export async function fakeExecutable(path: string, { exitCode = 0, mode = 0o755 } = {}): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\nexit ${exitCode}\n`, { mode });
  return path;
}
