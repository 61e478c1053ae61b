import { TEST_SERVERS, type TestServerName } from '../src/testing/servers';
import { ensureServers } from './servers/ensure';

/** `tsx scripts/ensure-servers.ts [dev] [time-skipping]`: makes sure that the servers can be had; both by default. */
async function main(args: string[]): Promise<void> {
  const known = Object.keys(TEST_SERVERS) as TestServerName[];
  const unknown = args.filter((arg) => !known.includes(arg as TestServerName));
  if (unknown.length > 0) throw new Error(`Unknown server '${unknown.join("', '")}'; known are ${known.join(', ')}`);

  const names = args.length > 0 ? known.filter((name) => args.includes(name)) : known;
  const paths = await ensureServers(names);
  for (const name of names) console.log(`${TEST_SERVERS[name].title}: ${paths[name] ?? 'downloaded by the SDK'}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
