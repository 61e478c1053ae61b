import type * as TestingSdk from '@temporalio/testing';
import type {
  LocalTestWorkflowEnvironmentOptions,
  TestWorkflowEnvironment,
  TimeSkippingTestWorkflowEnvironmentOptions,
} from '@temporalio/testing';
import { ATTRIBUTE_NAMES, ATTRIBUTE_TYPES } from '../core/names';
import { startTestServer } from './start-server';
import { TestServerError } from './test-server-error';

/**
 * Starts the SDK's time-skipping test environment, in which hours pass in moments while a workflow's result is awaited. Call `teardown()`
 * at the end.
 *
 * The server is the first of: `options.server.executable`, the environment variable `TEMPORAL_TEST_SERVER_PATH`, this package's cache
 * (`$XDG_CACHE_HOME` or `~/.cache`, folder `temporal-unstructured`), the SDK's own download. So tests also run where downloads are not
 * possible.
 *
 * Needs `@temporalio/testing`, an optional peer of this package.
 * @param options the SDK's own
 * @throws TestServerError if an explicit path is not an executable file, or no server is available; the message names every attempt
 */
export async function createTestEnvironment(
  options: TimeSkippingTestWorkflowEnvironmentOptions = {},
): Promise<TestWorkflowEnvironment> {
  const sdk = loadTestingSdk();
  return startTestServer('time-skipping', {
    executable: options.server?.executable,
    start: (executable) =>
      sdk.TestWorkflowEnvironment.createTimeSkipping({ ...options, server: { ...options.server, executable } }),
  });
}

/**
 * Starts a real Temporal dev server in real time on a free port, with the search attributes of waits registered, and connects to it. Use it
 * for behaviour in which the time-skipping server differs, and to view workflows in the Web UI. Call `teardown()` at the end.
 *
 * The server is the first of: `options.server.executable`, the environment variable `TEMPORAL_CLI_PATH`, `temporal` on the PATH, this
 * package's cache, the SDK's own download.
 *
 * Needs `@temporalio/testing`, an optional peer of this package.
 * @param options the SDK's own; in `server` among others `port`, `uiPort` (turns the Web UI on), `dbFilename` (keeps the state; in memory
 * by default), `namespace` and `extraArgs`
 * @throws TestServerError if an explicit path is not an executable file, or no server is available; the message names every attempt
 */
export async function createDevEnvironment(
  options: LocalTestWorkflowEnvironmentOptions = {},
): Promise<TestWorkflowEnvironment> {
  const sdk = loadTestingSdk();
  return startTestServer('dev', {
    executable: options.server?.executable,
    start: (executable) =>
      sdk.TestWorkflowEnvironment.createLocal({
        ...options,
        server: { ...options.server, executable, searchAttributes: withOurs(options.server?.searchAttributes) },
      }),
  });
}

type SearchAttributes = NonNullable<LocalTestWorkflowEnvironmentOptions['server']>['searchAttributes'];

function withOurs(given: SearchAttributes = []): SearchAttributes {
  const names = given.map(({ name }) => name);
  const ours = Object.entries(ATTRIBUTE_TYPES).map(([key, type]) => ({
    name: ATTRIBUTE_NAMES[key as keyof typeof ATTRIBUTE_NAMES],
    type: type === 'Keyword' ? ('KEYWORD' as const) : ('DATETIME' as const),
  }));
  return [...given, ...ours.filter(({ name }) => !names.includes(name))];
}

/** Loaded on use, so that the other test tools work without it. `import()` does not work in Jest. */
function loadTestingSdk(): typeof TestingSdk {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('@temporalio/testing') as typeof TestingSdk;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause;
    throw new TestServerError(
      'Test environments need @temporalio/testing: npm install --save-dev @temporalio/testing',
      {
        cause,
      },
    );
  }
}
