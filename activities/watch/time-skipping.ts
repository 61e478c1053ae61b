import type { TemporalClient } from './token';

/** Longest time for the request, in milliseconds. */
const ASK_MS = 5_000;

const answers = new WeakMap<TemporalClient, Promise<boolean>>();

/**
 * Whether the server skips time, as in tests. An activity that is completed later would stop the server's clock. The SDK's own test environment is
 * recognized by its connection; any other connection to such a server, by the missing server version. A server that does not answer counts as one
 * that skips time.
 */
export function isTimeSkipping(client: TemporalClient): Promise<boolean> {
  const { connection } = client as { connection: { testService?: unknown } };
  if (connection.testService !== undefined) return Promise.resolve(true);
  const known = answers.get(client) ?? ask(client);
  answers.set(client, known);
  return known;
}

async function ask(client: TemporalClient): Promise<boolean> {
  const getInfo = () => client.workflowService.getSystemInfo({});
  try {
    return (await client.withDeadline(Date.now() + ASK_MS, getInfo)).serverVersion === '';
  } catch {
    answers.delete(client); // asked again at the next check
    return true;
  }
}
