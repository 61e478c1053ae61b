/** Holds something, such as the fake's answers by `faults.until(gate.opened)`, until the test opens it. */
export class Gate {
  readonly opened: Promise<void>;
  #open!: () => void;

  constructor() {
    this.opened = new Promise((resolve) => (this.#open = resolve));
  }

  readonly open = (): void => this.#open();
}
