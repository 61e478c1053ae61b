import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ensureServers } from '../../scripts/servers/ensure';
import { createDevEnvironment, createTestEnvironment } from '../../src/testing';
import { TEST_SERVERS, type TestServerName } from '../../src/testing/find-server';

/** A loaded dev server warns of tasks that it processes again. */
const QUIET = { log: { format: 'pretty', level: 'never' } };

/** Runs `fn` with a server of its own; the dev server keeps everything in memory. Only errors are logged. */
export async function withServer<T>(
  name: TestServerName,
  fn: (env: TestWorkflowEnvironment) => Promise<T>,
): Promise<T> {
  const { [name]: path } = await ensureServers([name]);
  if (path !== undefined) process.env[TEST_SERVERS[name].variable] = path;
  logErrorsOnly();
  const env = await (name === 'dev' ? createDevEnvironment({ server: QUIET }) : createTestEnvironment());
  try {
    return await fn(env);
  } finally {
    await env.teardown();
  }
}

/** A process has one runtime, which can't be replaced while something uses it. */
let quiet = false;

export function logErrorsOnly(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
  });
}
