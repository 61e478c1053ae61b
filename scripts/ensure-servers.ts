import { TEST_SERVERS, type TestServerName } from '../src/testing/find-server';
import { archiveClasses } from './servers/archive-classes';
import { ensureS3Server } from './servers/build-s3-server';
import { ensureServers } from './servers/ensure';

const TEMPORAL = Object.keys(TEST_SERVERS) as TestServerName[];
const KNOWN: readonly string[] = [...TEMPORAL, 's3'];

/** `tsx scripts/ensure-servers.ts [dev] [time-skipping] [s3]`: makes sure that the servers can be had; all by default. */
async function main(args: string[]): Promise<void> {
  const unknown = args.filter((arg) => !KNOWN.includes(arg));
  if (unknown.length > 0) throw new Error(`Unknown server '${unknown.join("', '")}'; known are ${KNOWN.join(', ')}`);

  const isWanted = (name: string) => args.length === 0 || args.includes(name);
  const names = TEMPORAL.filter(isWanted);
  const [paths, s3] = await Promise.all([ensureServers(names), isWanted('s3') && ensureS3Server()]);
  if (isWanted('time-skipping')) await archiveClasses();
  for (const name of names) console.log(`${TEST_SERVERS[name].title}: ${paths[name] ?? 'downloaded by the SDK'}`);
  if (s3) console.log(`S3 server: ${s3}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
