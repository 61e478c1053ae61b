import type { LeftOutLine } from '../../src/core/batch/manifest-lines';

/** So many of each reason are listed, so that a large bucket makes no large list. */
const MOST_OF_A_REASON = 1_000;

/** What a plan leaves out: counted, and the first of each reason listed. */
export class LeftOutList {
  readonly #lines: LeftOutLine[] = [];
  #counts: Record<string, number> = {};
  #isNew = false;

  /**
   * @param counts What an earlier attempt had left out so far
   * @param lines What it had listed, perhaps of later entries, too
   */
  constructor(counts: Readonly<Record<string, number>> = {}, lines: readonly LeftOutLine[] = []) {
    for (const line of lines) if ((this.#counts[line.reason] ?? 0) < (counts[line.reason] ?? 0)) this.add([line]);
    this.#counts = { ...counts };
  }

  get counts(): Record<string, number> {
    return { ...this.#counts };
  }

  add(entries: readonly LeftOutLine[]): void {
    for (const { path, reason } of entries) {
      const count = (this.#counts[reason] ?? 0) + 1;
      this.#counts[reason] = count;
      if (count > MOST_OF_A_REASON) continue;
      this.#lines.push({ path, reason });
      this.#isNew = true;
    }
  }

  /** All that is listed; undefined where nothing was added since it was asked for last. */
  toWrite(): readonly LeftOutLine[] | undefined {
    if (!this.#isNew) return undefined;
    this.#isNew = false;
    return this.#lines;
  }
}
