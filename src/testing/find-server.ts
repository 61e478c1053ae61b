import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { TestServerError } from './test-server-error';

/** `dev`: the dev server of the Temporal CLI, in real time. `time-skipping`: the Java test server. */
export type TestServerName = 'dev' | 'time-skipping';

type Environment = Readonly<Record<string, string | undefined>>;

/** The names under which the two servers are looked for. */
export const TEST_SERVERS = {
  dev: {
    title: 'Temporal dev server',
    variable: 'TEMPORAL_CLI_PATH',
    command: 'temporal',
    package: 'temporal-cli',
    version: '1.5.1',
    searchPath: true,
  },
  'time-skipping': {
    title: 'time-skipping test server',
    variable: 'TEMPORAL_TEST_SERVER_PATH',
    command: 'temporal-test-server',
    package: 'temporal-test-server',
    version: '1.35.0',
    searchPath: false,
  },
} as const;

/** Options of {@link findTestServer}. */
interface FindTestServerOptions {
  /** The executable to use, before any other place is searched. */
  path?: string;
  /** @default process.env */
  env?: Environment;
}

/** What {@link findTestServer} found. */
interface TestServerSearch {
  /** For the SDK's `server.executable`; undefined if nothing was found, so that the SDK downloads its own. */
  executable: { type: 'existing-path'; path: string } | undefined;
  /** Where the executable was found. */
  source: 'option' | 'variable' | 'PATH' | 'cache' | undefined;
  /** The places searched without success, each with the reason, for error messages. */
  lookedAt: string[];
}

/**
 * Looks for a server's executable: `options.path`, then the environment variable (`TEMPORAL_CLI_PATH` or `TEMPORAL_TEST_SERVER_PATH`), then
 * `temporal` on the PATH (dev server only), then this package's cache in the user's cache folder.
 * @throws TestServerError if the option or the variable names something that is not an executable file
 */
export function findTestServer(name: TestServerName, options: FindTestServerOptions = {}): TestServerSearch {
  const { env = process.env } = options;
  const { variable, command, searchPath } = TEST_SERVERS[name];
  const lookedAt: string[] = [];
  const found = (source: TestServerSearch['source'], path: string): TestServerSearch => ({
    executable: { type: 'existing-path', path: resolve(path) },
    source,
    lookedAt,
  });

  if (options.path !== undefined) return found('option', requireExecutable('the executable path', options.path));

  const named = env[variable];
  if (named) return found('variable', requireExecutable(variable, named));
  lookedAt.push(`${variable}: not set`);

  if (searchPath) {
    const onPath = (env['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, executableName(command)))
      .find((path) => whyNotExecutable(path) === undefined);
    if (onPath !== undefined) return found('PATH', onPath);
    lookedAt.push(`PATH: no executable file named ${command}`);
  }

  const cached = cachedTestServer(name, env).path;
  const reason = whyNotExecutable(cached);
  if (reason === undefined) return found('cache', cached);
  lookedAt.push(`${cached}: ${reason}`);

  return { executable: undefined, source: undefined, lookedAt };
}

/** The place of a server in this package's cache. Each version has a folder, which all projects of the user share. */
export function cachedTestServer(
  name: TestServerName,
  env: Environment = process.env,
): { folder: string; path: string } {
  const server = TEST_SERVERS[name];
  const folder = cachedFolder(`${server.package}-${server.version}`, env);
  return { folder, path: join(folder, executableName(server.command)) };
}

/** A folder of this package's cache: `$XDG_CACHE_HOME` or `~/.cache`, folder `temporal-unstructured`. */
export function cachedFolder(name: string, env: Environment = process.env): string {
  const xdg = env['XDG_CACHE_HOME'];
  const base = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return join(base, 'temporal-unstructured', name);
}

function executableName(command: string): string {
  return process.platform === 'win32' ? `${command}.exe` : command;
}

function requireExecutable(what: string, path: string): string {
  const reason = whyNotExecutable(path);
  if (reason !== undefined) throw new TestServerError(`${what} is '${path}': ${reason}`);
  return path;
}

function whyNotExecutable(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'not a file';
  } catch {
    return 'no such file';
  }
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return 'not executable';
  }
}
