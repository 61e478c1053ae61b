import type { TemporalClient } from './token';

/** Longest time for the question, in milliseconds. */
const ASK_MS = 5_000;

const answers = new WeakMap<TemporalClient, Promise<boolean>>();

/**
 * Whether the server skips time, as in tests: an activity that is completed later would hold its clock. The SDK's own environment says so by
 * its connection; of another one to such a server, the missing version shows it. Where the server does not answer, it counts as one that does.
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
