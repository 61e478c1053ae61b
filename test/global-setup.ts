import { ensureServers } from '../scripts/servers/ensure';
import { TEST_SERVERS } from '../src/testing/servers';

/** Has both Temporal servers ready before the first test; the workers inherit where they are. */
export async function setup(): Promise<void> {
  const names = ['dev', 'time-skipping'] as const;
  const paths = await ensureServers(names);
  for (const name of names) {
    const path = paths[name];
    if (path !== undefined) process.env[TEST_SERVERS[name].variable] = path;
  }
}
