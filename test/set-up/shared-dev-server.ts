import { Runtime } from '@temporalio/worker';
import { createDevEnvironment } from '../../src/testing';
import { DEV_SERVER_VARIABLE } from '../support/shared-dev-server';
import { ensureServer } from './ensure-server';

/**
 * Starts the dev server of this run of the tests; their processes inherit where it is.
 * @returns what is done after the last test
 */
export async function setup(): Promise<() => Promise<void>> {
  await ensureServer('dev');
  Runtime.install({ shutdownSignals: [] }); // they are the runner's business
  const env = await createDevEnvironment({ server: { log: { format: 'pretty', level: 'error' } } });
  process.env[DEV_SERVER_VARIABLE] = env.address;
  return () => env.teardown();
}
