import { errorMessage } from '../../src/core/error-shape';
import type { TemporalClient } from './token';

/** Longest time for the request, in milliseconds. */
const ASK_MS = 5_000;

/** How long a server that did not answer is not asked again, in milliseconds. */
const ASKED_AGAIN_MS = 60_000;

const answers = new WeakMap<TemporalClient, Promise<boolean>>();

/**
 * Whether the server skips time, as in tests. An activity that is completed later would stop the server's clock. The SDK's own test environment is
 * recognized by its connection; any other connection to such a server, by the missing server version. A server that does not answer counts as one
 * that skips time.
 * @param warn Called with the reason, each time that the server was asked and counts as one that skips time
 */
export function isTimeSkipping(client: TemporalClient, warn: (reason: string) => void): Promise<boolean> {
  const { connection } = client as { connection: { testService?: unknown } };
  if (connection.testService !== undefined) return Promise.resolve(true);
  const known = answers.get(client) ?? ask(client, warn);
  answers.set(client, known);
  return known;
}

async function ask(client: TemporalClient, warn: (reason: string) => void): Promise<boolean> {
  const getInfo = () => client.workflowService.getSystemInfo({});
  try {
    const { serverVersion } = await client.withDeadline(Date.now() + ASK_MS, getInfo);
    if (serverVersion) return false;
    warn('the Temporal server does not report its version, like a server that skips time');
  } catch (error) {
    setTimeout(() => answers.delete(client), ASKED_AGAIN_MS).unref();
    warn(`the Temporal server does not answer getSystemInfo: ${errorMessage(error)}`);
  }
  return true;
}
