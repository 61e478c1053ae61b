/** Signals that end the program, and the exit code that shells expect for each. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type EndSignal = keyof typeof EXIT_CODES;

/** Thrown if work is given up because the program was told to end. */
export class Interrupted extends Error {
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/** Handles Ctrl-C and similar signals. The first one aborts `signal`. Further ones change nothing, so that they cannot cut the clean-up short. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #listeners: [EndSignal, () => void][] = [];

  constructor() {
    for (const name of Object.keys(EXIT_CODES) as EndSignal[]) {
      const listener = (): void => this.interrupt(EXIT_CODES[name]);
      process.on(name, listener);
      this.#listeners.push([name, listener]);
    }
  }

  /** Aborted with an {@link Interrupted}. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(exitCode: number): void {
    if (!this.signal.aborted) this.#controller.abort(new Interrupted(exitCode));
  }

  dispose(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener);
  }
}
