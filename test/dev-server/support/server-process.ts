import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Connection } from '@temporalio/client';
import { onTestFinished } from 'vitest';
import { findTestServer } from '../../../src/testing/find-server';
import { freePort } from '../../support/free-port';
import { eventually } from './eventually';

/** A dev server on a database file, in a process that can be killed and started again on the same port. */
export class ServerProcess {
  readonly #port: number;
  readonly #dbFilename: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, dbFilename: string) {
    this.#port = port;
    this.#dbFilename = dbFilename;
  }

  /** Killed at the end of the test at the latest. */
  static async start(dbFilename: string): Promise<ServerProcess> {
    const server = new ServerProcess(await freePort(), dbFilename);
    onTestFinished(() => server.kill());
    await server.run();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Starts the server's process; resolves when the namespace is served. */
  async run(): Promise<void> {
    const path = findTestServer('dev').executable?.path;
    if (path === undefined) throw new Error('No dev server executable was found to be run as a process.');
    const args = [
      '--headless',
      '--log-level',
      'never',
      '--port',
      String(this.#port),
      '--db-filename',
      this.#dbFilename,
    ];
    this.#process = spawn(path, ['server', 'start-dev', ...args], { stdio: 'ignore' });
    await eventually(async () => {
      const connection = await Connection.connect({ address: this.address, connectTimeout: '1 second' });
      await connection.workflowService.describeNamespace({ namespace: 'default' }).finally(() => connection.close());
    });
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const exited = once(process, 'exit');
    process.kill('SIGKILL');
    await exited;
  }
}
