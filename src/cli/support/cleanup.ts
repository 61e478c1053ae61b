import { orLate } from '../../common/or-aborted';

/** Undoes what was started, in reverse order. A step that fails or hangs does not prevent the others. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];
  readonly #stepTimeoutMs: number;

  constructor(stepTimeoutMs = 15_000) {
    this.#stepTimeoutMs = stepTimeoutMs;
  }

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) await this.#try(step);
  }

  async #try(step: () => unknown): Promise<void> {
    const late = () => new Error('late');
    try {
      await orLate({ ms: this.#stepTimeoutMs, late }, async () => {
        await step();
      });
    } catch {
      // What cannot be undone has already ended, or ends on its own.
    }
  }
}
