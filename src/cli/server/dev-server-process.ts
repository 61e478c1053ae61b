/**
 * A process of its own that keeps a Temporal dev server: out of reach of the terminal's Ctrl-C, so that the worker can end in order before
 * its server, and gone with the program that started it, even where that is killed.
 */
import { createDevEnvironment } from '../../testing/environment';
import { findTestServer } from '../../testing/find-server';
import { endLeftOver } from './left-over';
import { chooseStateFile } from './state-file';
import { holdState } from './state-lock';

/** What the process is started with, as JSON. */
export interface KeeperOptions {
  port?: number | undefined;
  uiPort: number;
  /** Process id of the program. */
  owner: number;
  /** The folder that is the program's alone while the server runs. */
  folder?: string | undefined;
  /** Whether a file in that folder keeps the server's state; in memory if not. */
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
    // The server takes the path of its file for a URL, in which some characters mean something else: a name in its own folder has none.
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
