/**
 * A separate process that runs a Temporal dev server. The terminal's Ctrl-C does not reach it, so that the worker can stop in order before its
 * server. It ends with the program that started it, even if that program is killed.
 */
import { createDevEnvironment } from '../../testing/environment';
import { findTestServer } from '../../testing/find-server';
import { endLeftOver } from './left-over';
import { chooseStateFile } from './state-file';
import { holdState } from './state-lock';

/** The argument of the process, as JSON. */
export interface KeeperOptions {
  port?: number | undefined;
  uiPort: number;
  /** Process id of the program. */
  owner: number;
  /** A folder that only this program uses while the server runs. */
  folder?: string | undefined;
  /** Whether a file in that folder keeps the server's state; if not, it is in memory. */
  keepsState?: boolean | undefined;
}

export type DevServerMessage = { address: string } | { error: string };

async function main({ port, uiPort, owner, folder, keepsState }: KeeperOptions): Promise<void> {
  const starting = start();
  process.once('disconnect', () => {
    const stopping = starting.then((env) => env.teardown());
    void stopping.then(end, end);
  });
  await starting.then(
    (env) => tell({ address: env.address }),
    (error: unknown) => tell({ error: error instanceof Error ? error.message : String(error) }),
  );

  async function start() {
    if (folder !== undefined) await holdState(folder, owner);
    const dbFile = folder !== undefined && keepsState ? await chooseStateFile(folder) : undefined;
    if (dbFile !== undefined) await endLeftOver(dbFile);
    const { executable } = findTestServer('dev');
    // The server reads the path of its file as a URL, in which some characters have another meaning. A name relative to the working directory has no
    // such characters.
    if (folder !== undefined) process.chdir(folder);
    return createDevEnvironment({ server: { executable, uiPort, port, dbFilename: dbFile } });
  }
}

function tell(message: DevServerMessage): void {
  process.send?.(message);
}

function end(): void {
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
void main(JSON.parse(process.argv[2] ?? '') as KeeperOptions);
