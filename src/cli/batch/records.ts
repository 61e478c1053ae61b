import { BatchRecords } from '../../../activities/batch/records';
import type { Manifest, ManifestLine } from '../../core/batch/manifest';
import { Storage } from '../../storage/storage';
import type { StorageOptions } from '../../storage/options';
import type { Place } from './places';

/** How many documents that are not ok are shown. */
const MOST_NOT_OK = 10;

/** What is written of a batch: read where its outputs are. */
export class WrittenBatch {
  readonly #storage: Storage;
  readonly #records: BatchRecords;

  constructor(options: StorageOptions, key: string, to: Place, signal: AbortSignal) {
    this.#storage = new Storage(options);
    this.#records = BatchRecords.of(this.#storage, { to: to.url, key }, signal);
  }

  /** The manifest; undefined where the batch has not ended yet. */
  manifest(): Promise<Manifest | undefined> {
    return this.#records.manifest();
  }

  /** The first documents that are not ok. Reads no more parts than it needs. */
  async notOk(parts: number): Promise<ManifestLine[]> {
    const found: ManifestLine[] = [];
    for (let part = 1; part <= parts && found.length < MOST_NOT_OK; part++) {
      const lines = (await this.#records.lines(part)) ?? [];
      found.push(...lines.filter(({ status }) => status !== 'ok'));
    }
    return found.slice(0, MOST_NOT_OK);
  }

  close(): Promise<void> {
    return this.#storage.close();
  }
}
