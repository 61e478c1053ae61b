import type { Worker } from '@temporalio/worker';

/** A worker of this process that runs until it is stopped. */
export class RunningWorker {
  readonly #worker: Worker;
  readonly #running: Promise<void>;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#running = worker.run();
    this.#running.catch(() => undefined);
  }

  /** Shuts the worker down as a deployment does. Harmless when called again. */
  async stop(): Promise<void> {
    if (this.#worker.getState() === 'RUNNING') this.#worker.shutdown();
    await this.#running;
  }
}
