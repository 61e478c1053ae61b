import { basename, join } from 'node:path';
import { cachedTestServer, findTestServer, TEST_SERVERS, type TestServerName } from '../../src/testing/find-server';
import { buildDevServer } from './build-dev-server';
import { buildTestServer } from './build-test-server';
import { runs, tryDownload } from './check';
import { fillCache } from './fill-cache';
import { interruptible } from './interruptible';

const BUILDS = {
  dev: { build: buildDevServer, tool: 'Go', duration: 'about 3 minutes' },
  'time-skipping': { build: buildTestServer, tool: 'Maven', duration: 'about 15 seconds' },
};

type Builder = (staging: string, log: string, signal: AbortSignal) => Promise<void>;

/** Options of {@link ensureServers}. */
export interface EnsureServersOptions {
  /** Takes the line that says that something is being built. @default console.error */
  report?: (line: string) => void;
  /** @default process.env */
  env?: NodeJS.ProcessEnv;
  /** @default the SDK's own download, tried once */
  download?: (name: TestServerName, signal: AbortSignal) => Promise<void>;
  /** @default Go for the dev server, Maven for the test server */
  builders?: Partial<Record<TestServerName, Builder>>;
}

/**
 * Makes sure that each server can be had: found, downloaded by the SDK, or built into the cache, side by side.
 * @returns the executables; none for a server that the SDK downloads by itself
 * @throws Error that names every way tried and why it failed
 */
export async function ensureServers(
  names: readonly TestServerName[],
  options: EnsureServersOptions = {},
): Promise<Partial<Record<TestServerName, string>>> {
  return interruptible(async (signal) => {
    const paths: Partial<Record<TestServerName, string>> = {};
    const ensure = async (name: TestServerName): Promise<void> => {
      const path = await ensureServer(name, options, signal);
      if (path !== undefined) paths[name] = path;
    };
    const outcomes = await Promise.allSettled(names.map(ensure));
    if (signal.aborted) throw new Error('Interrupted while getting Temporal servers ready.');
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => (reason as Error).message).join('\n'));
    return paths;
  });
}

async function ensureServer(
  name: TestServerName,
  { report = console.error, env = process.env, download = tryDownload, builders = {} }: EnsureServersOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { title, version, variable } = TEST_SERVERS[name];
  const { tool, duration, build: usualBuild } = BUILDS[name];
  const cached = cachedTestServer(name, env);

  const { executable, source, lookedAt: tried } = findTestServer(name, { env });
  if (executable) {
    if (await runs(name, executable.path)) return executable.path;
    if (source === 'variable') throw new Error(`${variable} is '${executable.path}': it does not run`);
    if (source === 'PATH' && (await runs(name, cached.path))) return cached.path;
    tried.push(`${executable.path}: does not run`);
  } else {
    try {
      await download(name, signal);
      return undefined;
    } catch (error) {
      tried.push(`download by the SDK: ${(error as Error).message}`);
    }
  }

  try {
    signal.throwIfAborted();
    report(`Building the ${title} ${version} with ${tool}, once for this user and version: ${duration}.`);
    await fillCache({
      folder: cached.folder,
      build: (staging, log) => (builders[name] ?? usualBuild)(staging, log, signal),
      works: (folder) => runs(name, join(folder, basename(cached.path))),
    });
    return cached.path;
  } catch (error) {
    tried.push(`build with ${tool}: ${(error as Error).message}`);
    throw new Error([`The ${title} could not be obtained:`, ...tried].join('\n  - '), { cause: error });
  }
}
