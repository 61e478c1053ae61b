import { forEachPart } from '../../../activities/batch/for-each-part';
import { BatchRecords } from '../../../activities/batch/records';
import type { RunJobsInput } from '../../common/inputs';
import { batchDigest } from '../../core/batch/join';
import type { ManifestLine } from '../../core/batch/manifest-lines';
import type { BatchCounts, Manifest } from '../../core/batch/manifest';
import { Storage } from '../../storage/storage';
import type { StorageOptions } from '../../storage/options';
import type { Place } from './places';

/** How many documents that are not ok are shown. */
const MOST_NOT_OK = 10;
/** How many parts are read at a time: as many as the S3 client has connections. */
const PARTS_AT_A_TIME = 50;

/** Reads the records of a batch from the place of its outputs. */
export class WrittenBatch {
  readonly #storage: Storage;
  readonly #records: BatchRecords;
  readonly #signal: AbortSignal;

  constructor(options: StorageOptions, key: string, to: Place, signal: AbortSignal) {
    this.#storage = new Storage(options);
    this.#records = BatchRecords.of(this.#storage, { to: to.url, key }, signal);
    this.#signal = signal;
  }

  /** The manifest; undefined if the batch has not ended yet. */
  manifest(): Promise<Manifest | undefined> {
    return this.#records.manifest();
  }

  /** Whether there is a plan for this input. Once there is one, jobs start. */
  async isPlanned(input: RunJobsInput): Promise<boolean> {
    const plan = await this.#records.plan();
    return plan?.digest === batchDigest(input);
  }

  /** Deletes the notes on jobs that were begun: a fake API that has ended no longer has any of them. */
  async forgetBegunJobs(): Promise<void> {
    const { jobs = 0 } = (await this.#records.plan()) ?? {};
    await forEachPart(jobs, this.#signal, (part) => this.#records.forgetBegun(part));
  }

  /** The first documents that are not ok. Once they are found, no more parts are read. */
  async notOk({ documents, ok, jobs }: BatchCounts): Promise<ManifestLine[]> {
    const wanted = Math.min(MOST_NOT_OK, documents - ok);
    const found: ManifestLine[] = [];
    for (let first = 1; first <= jobs && found.length < wanted; first += PARTS_AT_A_TIME) {
      const parts = Array.from({ length: Math.min(PARTS_AT_A_TIME, jobs - first + 1) }, (_, index) => first + index);
      const lines = await Promise.all(parts.map((part) => this.#records.lines(part)));
      found.push(...lines.flatMap((part) => part ?? []).filter(({ status }) => status !== 'ok'));
    }
    return found.slice(0, wanted);
  }

  close(): Promise<void> {
    return this.#storage.close();
  }
}
