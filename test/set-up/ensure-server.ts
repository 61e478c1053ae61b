import { archiveClasses } from '../../scripts/servers/archive-classes';
import { ensureServers } from '../../scripts/servers/ensure';
import { TEST_SERVERS, type TestServerName } from '../../src/testing/find-server';

/** Has a Temporal server ready before the first test; the tests' processes inherit where it is. */
export async function ensureServer(name: TestServerName): Promise<void> {
  const { [name]: path } = await ensureServers([name]);
  if (name === 'time-skipping') await archiveClasses();
  if (path !== undefined) process.env[TEST_SERVERS[name].variable] = path;
}
