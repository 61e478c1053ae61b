import { ensureS3Server } from '../scripts/servers/build-s3-server';
import { ensureServers } from '../scripts/servers/ensure';
import { TEST_SERVERS } from '../src/testing/servers';

/** Has both Temporal servers and the S3 server ready before the first test; the workers inherit where they are. */
export async function setup(): Promise<void> {
  const names = ['dev', 'time-skipping'] as const;
  const [paths] = await Promise.all([ensureServers(names), ensureS3Server().catch(warn)]);
  for (const name of names) {
    const path = paths[name];
    if (path !== undefined) process.env[TEST_SERVERS[name].variable] = path;
  }
}

/** The tests that need it are skipped then. */
function warn(error: unknown): void {
  console.warn(`S3 is not tested against a real server: ${(error as Error).message}`);
}
