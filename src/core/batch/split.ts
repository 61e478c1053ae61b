import type { JobBounds } from './options';
import type { PlannedDocument } from './records';

/**
 * Splits documents into jobs in the order in which they come. A job has no more documents than its bounds allow, and no more bytes, as far as sizes
 * are known.
 */
export class JobSplitter {
  readonly #bounds: JobBounds;
  #open: PlannedDocument[];
  #bytes: number;

  /** @param open The documents of a job that is not full yet */
  constructor(bounds: JobBounds, open: readonly PlannedDocument[] = []) {
    this.#bounds = bounds;
    this.#open = [...open];
    this.#bytes = totalBytes(open);
  }

  /** The documents of the job that is not full yet. */
  get open(): readonly PlannedDocument[] {
    return this.#open;
  }

  /** @returns the documents of a job that is now full; null if none is */
  add(document: PlannedDocument): PlannedDocument[] | null {
    const { perJob, maxJobBytes } = this.#bounds;
    const { bytes = 0 } = document;
    const isTooMuch = this.#open.length > 0 && this.#bytes + bytes > maxJobBytes;
    const before = isTooMuch ? this.close() : null;
    this.#open.push(document);
    this.#bytes += bytes;
    return before ?? (this.#open.length >= perJob ? this.close() : null);
  }

  /** @returns the documents of the last job; null if there are none */
  close(): PlannedDocument[] | null {
    const documents = this.#open;
    this.#open = [];
    this.#bytes = 0;
    return documents.length === 0 ? null : documents;
  }
}

function totalBytes(documents: readonly PlannedDocument[]): number {
  return documents.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}
