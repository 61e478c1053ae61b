import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process of its own, so that its memory and its load are its own. It answers each message with one. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #ended: Promise<never>;

  /**
   * @param path of a TypeScript program
   * @param flags of Node
   */
  constructor(path: string, flags: readonly string[] = []) {
    this.#process = fork(path, { execArgv: [...flags, '--import', 'tsx'] });
    this.#ended = once(this.#process, 'exit').then(([code]) =>
      Promise.reject(new Error(`${path} ended with ${code}.`)),
    );
    this.#ended.catch(() => undefined);
  }

  async ask<Answer>(message: object | string | number): Promise<Answer> {
    const answered = once(this.#process, 'message');
    this.#process.send(message);
    const [answer] = (await Promise.race([answered, this.#ended])) as [Answer];
    return answer;
  }

  /** Ends the process at once: nothing of it is needed any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
