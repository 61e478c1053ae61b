import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestServerName } from '../../src/testing/find-server';

const run = promisify(execFile);
const PROJECT = join(__dirname, '..', '..');

/** Whether an executable starts at all. The test server without arguments prints its usage and ends. */
export async function runs(name: TestServerName, path: string): Promise<boolean> {
  const args = name === 'dev' ? ['--version'] : [];
  return run(path, args, { timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}

/**
 * Lets the SDK download the server that it wants and start it once, in a process of its own, which can be killed.
 * @throws Error with the SDK's reason
 */
export async function tryDownload(name: TestServerName, signal: AbortSignal): Promise<void> {
  const create = name === 'dev' ? 'createLocal' : 'createTimeSkipping';
  const script = `require('@temporalio/testing').TestWorkflowEnvironment.${create}().then(
    (environment) => environment.teardown(),
    (error) => { console.error(error.message); process.exitCode = 1; })`;
  const timeout = 180_000;
  try {
    await run(process.execPath, ['-e', script], { cwd: PROJECT, timeout, signal });
  } catch (error) {
    const { killed, stderr, message } = error as Error & { killed?: boolean; stderr?: string };
    throw new Error(killed ? `not done within ${timeout / 1000} s` : stderr?.trim() || message, { cause: error });
  }
}
