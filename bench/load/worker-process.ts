import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WorkerProgramOptions, WorkerStatus } from './worker-program';

/** A worker in a process of its own, so that its memory and its load are its own. */
export class WorkerProcess implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #ended: Promise<never>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#ended = once(process, 'exit').then(([code]) => Promise.reject(new Error(`The worker ended with ${code}.`)));
    this.#ended.catch(() => undefined);
  }

  /** Resolves when the worker polls. */
  static async start(options: WorkerProgramOptions): Promise<WorkerProcess> {
    const child = fork(join(__dirname, 'worker-program.ts'), { execArgv: ['--import', 'tsx'] });
    const worker = new WorkerProcess(child);
    await worker.#ask(options);
    return worker;
  }

  async status(): Promise<WorkerStatus> {
    return (await this.#ask('status')) as WorkerStatus;
  }

  /** Ends the process at once: nothing of it is needed any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  async #ask(message: WorkerProgramOptions | 'status'): Promise<unknown> {
    const answered = once(this.#process, 'message');
    this.#process.send(message);
    const [answer] = (await Promise.race([answered, this.#ended])) as [unknown];
    return answer;
  }
}
