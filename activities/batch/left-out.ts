import type { LeftOutLine } from '../../src/core/batch/manifest-lines';

/** Maximum number of listed entries per reason: of a folder, so that a large bucket does not make a large list, and of documents that a caller named. */
const MOST_OF_A_REASON = { folder: 1_000, named: 10_000 };

/** The entries that a plan leaves out. All are counted, and the first of each reason are listed. */
export class LeftOutList {
  readonly #most: number;
  readonly #lines: LeftOutLine[] = [];
  #counts: Record<string, number> = {};
  #isNew = false;

  /**
   * @param counts Entries that an earlier attempt had left out so far, by reason
   * @param lines Entries that it had listed, perhaps including later ones
   */
  constructor(
    from: keyof typeof MOST_OF_A_REASON,
    counts: Readonly<Record<string, number>> = {},
    lines: readonly LeftOutLine[] = [],
  ) {
    this.#most = MOST_OF_A_REASON[from];
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
      if (count > this.#most) continue;
      this.#lines.push({ path, reason });
      this.#isNew = true;
    }
  }

  /** All listed entries; undefined if none were added since the last call. */
  toWrite(): readonly LeftOutLine[] | undefined {
    if (!this.#isNew) return undefined;
    this.#isNew = false;
    return this.#lines;
  }
}
