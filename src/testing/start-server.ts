import type { EphemeralServerExecutable } from '@temporalio/testing';
import { findTestServer, TEST_SERVERS, type TestServerName } from './find-server';
import { TestServerError } from './test-server-error';

/** Options of {@link startTestServer}. */
interface StartTestServerOptions<T> {
  /** The caller's own choice: a path is checked, and a download is left to the SDK. */
  executable?: EphemeralServerExecutable;
  /** Starts the server; without an executable the SDK downloads one. */
  start: (executable: EphemeralServerExecutable | undefined) => Promise<T>;
  /** @default process.env */
  env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts the server that was found, or else the one that the SDK downloads.
 * @throws TestServerError that names every way tried and why it failed
 */
export async function startTestServer<T>(name: TestServerName, options: StartTestServerOptions<T>): Promise<T> {
  const { executable: chosen, start, env } = options;
  const { title, variable } = TEST_SERVERS[name];
  const search =
    chosen?.type === 'cached-download'
      ? { executable: chosen, lookedAt: [] }
      : findTestServer(name, { path: chosen?.path, env });
  const { executable, lookedAt } = search;
  try {
    return await patiently(() => start(executable));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (executable?.type === 'existing-path')
      throw new TestServerError(`The ${title} '${executable.path}' did not start: ${reason}`, {
        retryable: true,
        cause,
      });
    const tried = [...lookedAt, `download by the SDK: ${reason}`];
    const advice = `Set ${variable} to an executable, or make the download possible.`;
    const message = `The ${title} could not be obtained:\n  - ${tried.join('\n  - ')}\n${advice}`;
    throw new TestServerError(message, { retryable: true, cause });
  }
}

/** Retries a slow start, twice at most: the SDK gives a server five seconds to start, which can be too short on a busy machine. */
async function patiently<T>(start: () => Promise<T>, triesLeft = 2): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const isSlow = error instanceof Error && error.message.includes('did not start within');
    if (!isSlow || triesLeft === 0) throw error;
    return patiently(start, triesLeft - 1);
  }
}
