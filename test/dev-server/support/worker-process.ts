import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { testBundle } from '../../support/bundle';
import type { Setup } from './dev-server';
import type { WorkerProgramOptions } from './worker-program';

/** A worker that dies as processes die: at once, saying nothing. */
export class WorkerProcess {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts a worker on the test's queue; resolves when it polls. Killed at the end of the test at the latest. */
  static async start(
    { env, api, queue }: Setup,
    identity: string,
    folder?: string,
    baseUrl = api.url,
  ): Promise<WorkerProcess> {
    const options: WorkerProgramOptions = {
      address: env.address,
      taskQueue: queue,
      ...testBundle(),
      baseUrl,
      apiKey: api.apiKey,
      identity,
      folder,
    };
    const child = fork(join(__dirname, 'worker-program.ts'), {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const worker = new WorkerProcess(child);
    onTestFinished(() => worker.kill());
    const running = once(child, 'message');
    child.send(options);
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`The worker ended with ${code}.`)));
    ended.catch(() => undefined);
    await Promise.race([running, ended]);
    return worker;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
