import { parseCommand } from '../src/cli/arguments';
import { Interrupted, Interruption } from '../src/cli/support/interruption';
import { dispatch } from '../src/cli/dispatch';
import { serverVariable } from '../src/cli/server/temporal-server';
import { TEST_SERVERS } from '../src/testing/find-server';
import { ensureServers } from './servers/ensure';

/** `npm run demo -- [options]`: the program's demo from its sources. Builds the dev server where it can't be had in another way. */
async function main(args: readonly string[]): Promise<number> {
  const interruption = new Interruption();
  try {
    if (needsServer(args)) {
      const { dev } = await ensureServers(['dev']);
      if (dev !== undefined) process.env[TEST_SERVERS.dev.variable] = dev;
    }
  } catch (error) {
    if (interruption.signal.reason instanceof Interrupted) return interruption.signal.reason.exitCode;
    console.error((error as Error).message);
    return 1;
  }
  return dispatch(args, interruption);
}

function needsServer(args: readonly string[]): boolean {
  if (serverVariable() !== undefined) return false;
  try {
    return parseCommand(args, process.env).name === 'demo';
  } catch {
    return false; // The program itself says what is wrong.
  }
}

void main(['demo', ...process.argv.slice(2)]).then((exitCode) => process.exit(exitCode));
