import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { DevServerMessage, KeeperOptions } from './dev-server-process';
import { CliError } from '../support/errors';
import { freePort, requireFreePort } from './ports';

const HOST = '127.0.0.1';
const STOP_TIMEOUT_MS = 5_000;
const KEPT_OUTPUT = 2_000;

export interface DevServerOptions {
  port?: number | undefined;
  uiPort?: number | undefined;
  /** An existing folder that only this program uses while the server runs. */
  folder?: string | undefined;
  /** Whether a file in that folder keeps the server's state. @default false: in memory */
  keepsState?: boolean | undefined;
  /** Receives the server's output. */
  log?: (text: string) => void;
}

/** The program's own Temporal dev server, with its Web UI. */
export class DevServer {
  readonly uiUrl: string;
  readonly address: Promise<string>;
  /** Rejects once the server has ended. */
  readonly broken: Promise<never>;
  readonly #child: ChildProcess;
  #isUp = false;

  private constructor(uiPort: number, { port, folder, keepsState, log }: DevServerOptions) {
    const options: KeeperOptions = { uiPort, port, owner: process.pid, folder, keepsState };
    this.uiUrl = `http://${HOST}:${uiPort}`;
    this.#child = fork(require.resolve('./dev-server-process'), [JSON.stringify(options)], {
      detached: true,
      silent: true,
    });
    this.broken = once(this.#child, 'exit').then(() => {
      this.#kill(); // otherwise the server would continue
      throw new CliError('The Temporal dev server ended.');
    });
    this.broken.catch(() => undefined);
    this.address = this.#start(log);
    this.address.catch(() => undefined);
  }

  /** @throws CliError if a requested port is taken */
  static async start(options: DevServerOptions): Promise<DevServer> {
    const { port, uiPort } = options;
    if (port !== undefined) await requireFreePort(port, HOST);
    if (uiPort !== undefined) await requireFreePort(uiPort, HOST);
    return new DevServer(uiPort ?? (await freePort(HOST)), options);
  }

  /** Stops the server, even one that is still starting. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) {
      this.#kill();
      return;
    }
    const exited = once(child, 'exit');
    if (this.#isUp && child.connected) {
      const timer = setTimeout(() => this.#kill(), STOP_TIMEOUT_MS);
      child.disconnect();
      await exited;
      clearTimeout(timer);
    }
    this.#kill();
    await exited;
  }

  async #start(log: DevServerOptions['log']): Promise<string> {
    let output = '';
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-KEPT_OUTPUT);
        log?.(text);
      });
    }
    const message = await new Promise<DevServerMessage>((resolve) => {
      this.#child.once('message', (answer) => resolve(answer as DevServerMessage));
      this.#child.once('error', (error) => resolve({ error: error.message }));
      this.#child.once('exit', () => resolve({ error: `The Temporal dev server ended: ${lastLine(output)}` }));
    });
    if ('error' in message) throw new CliError(message.error);
    this.#isUp = true;
    return message.address;
  }

  /** Kills the whole process group: the keeper and the server. The server's state in a file survives. */
  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It has already ended.
    }
  }
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}
