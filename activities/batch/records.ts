import { invalidInput } from '../../src/core/errors';
import type { Manifest } from '../../src/core/batch/manifest';
import {
  isLeftOutLine,
  isManifestLine,
  type LeftOutLine,
  type ManifestLine,
} from '../../src/core/batch/manifest-lines';
import type { BatchPlan } from '../../src/core/batch/plan';
import {
  BEGUN_PARTS,
  LEFT_OUT_NAME,
  MANIFEST_NAME,
  parseLines,
  MANIFEST_PARTS,
  partName,
  PLAN_NAME,
  planParts,
  type PlannedDocument,
  recordsFolder,
  toLines,
} from '../../src/core/batch/records';
import { errorMessage } from '../../src/core/error-shape';
import { shownRef } from '../../src/core/reference';
import type { BatchPlace, PartRun } from '../../src/core/run/planned-job';
import { isObject, show } from '../../src/core/values';
import type { Storage } from '../../src/storage/storage';
import { withStallTimeout } from '../support/stall-timeout';

export type RecordsPort = Pick<Storage, 'readRecord' | 'writeRecord'>;

/** Largest record that is read, in bytes. A part with a thousand documents and a hundred outputs each is smaller. */
const MAX_BYTES = 64 * 1_024 * 1_024;

/**
 * How long reading or writing a record may take, even if its sink ignores the signal. In milliseconds. It is shorter than an attempt of the activity,
 * whose time-out would say less.
 */
const LONGEST_CALL_MS = 100_000;

/** The plan and the manifest of one batch, as the sink of the outputs stores them. */
export class BatchRecords {
  readonly #storage: RecordsPort;
  readonly #to: string;
  readonly #folder: string;
  readonly #signal: AbortSignal;

  /** @param folder Folder below the target; empty, or with a slash at its end */
  private constructor(storage: RecordsPort, to: string, folder: string, signal: AbortSignal) {
    this.#storage = storage;
    this.#to = to;
    this.#folder = folder;
    this.#signal = signal;
  }

  static of(storage: RecordsPort, { to, key }: BatchPlace, signal: AbortSignal): BatchRecords {
    return new BatchRecords(storage, to, recordsFolder(key), signal);
  }

  /** The records next to a manifest. @throws UnstructuredValidationError if the location is not that of a manifest */
  static beside(storage: RecordsPort, location: string, option: string, signal: AbortSignal): BatchRecords {
    if (!location.endsWith(`/${MANIFEST_NAME}`))
      throw invalidInput(`Option ${option} must be the location of a ${MANIFEST_NAME}; got ${shownRef(location)}.`);
    return new BatchRecords(storage, location.slice(0, -MANIFEST_NAME.length), '', signal);
  }

  /** The plan; undefined if there is none. */
  async plan(): Promise<BatchPlan | undefined> {
    const plan = await this.#readJson('', PLAN_NAME);
    return plan as BatchPlan | undefined;
  }

  /** Writes the plan that later runs of the batch use. */
  async writePlan(plan: BatchPlan): Promise<void> {
    await this.#write('', PLAN_NAME, `${JSON.stringify(plan)}\n`);
  }

  /** Documents of a job of the plan. */
  async plannedDocuments(id: string, part: number): Promise<PlannedDocument[]> {
    const [folder, name] = [planParts(id), partName(part)];
    const documents = await this.#readLines(folder, name, isPlanned);
    if (documents?.length) return documents;
    throw this.#broken(folder + name, documents ? 'it is empty' : 'it is not there');
  }

  async writePlanned(id: string, part: number, documents: readonly PlannedDocument[]): Promise<void> {
    await this.#write(planParts(id), partName(part), toLines(documents));
  }

  /** The entries that an attempt to plan has listed as left out. */
  async leftOut(id: string): Promise<LeftOutLine[]> {
    const lines = await this.#readLines(planParts(id), LEFT_OUT_NAME, isLeftOutLine);
    if (lines) return lines;
    throw this.#broken(planParts(id) + LEFT_OUT_NAME, 'it is not there');
  }

  /** @param id Id of the attempt; without it, the list that belongs to the manifest is written */
  async writeLeftOut(lines: readonly LeftOutLine[], id?: string): Promise<void> {
    await this.#write(id === undefined ? '' : planParts(id), LEFT_OUT_NAME, toLines(lines));
  }

  /** The run that last began a job; undefined if none did. */
  async begun(part: number): Promise<PartRun | undefined> {
    return (await this.#readLines(BEGUN_PARTS, partName(part), isPartRun))?.[0];
  }

  async writeBegun(part: number, { workflowId, runId }: PartRun): Promise<void> {
    await this.#write(BEGUN_PARTS, partName(part), toLines([{ workflowId, runId }]));
  }

  /** Removes the note, as if no run had begun the job. */
  async forgetBegun(part: number): Promise<void> {
    if (await this.begun(part)) await this.#write(BEGUN_PARTS, partName(part), '');
  }

  /** Lines of a part of the manifest; undefined if there is no such part. */
  async lines(part: number): Promise<ManifestLine[] | undefined> {
    const lines = await this.#readLines(MANIFEST_PARTS, partName(part), isManifestLine);
    if (lines?.length !== 0) return lines;
    throw this.#broken(MANIFEST_PARTS + partName(part), 'it is empty');
  }

  /** Returns the lines of a part, checked against the plan, if any. A document without a line would count as new, and be paid for again. */
  requireLines(part: number, lines: ManifestLine[] | undefined, documents: number | undefined): ManifestLine[] {
    if (lines && (documents === undefined || lines.length === documents)) return lines;
    const why = lines ? `it has ${lines.length} of ${documents} lines` : 'it is not there';
    throw this.#broken(MANIFEST_PARTS + partName(part), why);
  }

  async writeLines(part: number, lines: readonly ManifestLine[]): Promise<string> {
    return this.#write(MANIFEST_PARTS, partName(part), toLines(lines));
  }

  /** The manifest; undefined if there is none. */
  async manifest(): Promise<Manifest | undefined> {
    return (await this.#readJson('', MANIFEST_NAME)) as Manifest | undefined;
  }

  async writeManifest(manifest: Manifest): Promise<string> {
    return this.#write('', MANIFEST_NAME, `${JSON.stringify(manifest, null, 2)}\n`);
  }

  async #readJson(folder: string, name: string): Promise<object | undefined> {
    const text = await this.#read(folder, name);
    if (text === undefined) return undefined;
    const value = this.#parsed(name, () => JSON.parse(text) as unknown);
    const { version } = isObject(value) ? (value as { version?: unknown }) : {};
    if (version !== 1) throw this.#broken(name, `its version is ${show(version)}, which this worker does not know`);
    return value as object;
  }

  /** @throws UnstructuredValidationError if a line does not have the expected form */
  async #readLines<T>(folder: string, name: string, isOne: (line: unknown) => line is T): Promise<T[] | undefined> {
    const text = await this.#read(folder, name);
    const lines = text === undefined ? undefined : this.#parsed(folder + name, () => parseLines(text));
    if (!lines || lines.every(isOne)) return lines;
    throw this.#broken(folder + name, 'it holds something else');
  }

  #parsed<T>(name: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      throw this.#broken(name, error instanceof SyntaxError ? 'it is not JSON' : errorMessage(error));
    }
  }

  async #read(folder: string, name: string): Promise<string | undefined> {
    const path = this.#folder + folder + name;
    const bound = { ms: LONGEST_CALL_MS, what: `The record ${path} was not read`, signal: this.#signal };
    const bytes = await withStallTimeout(bound, (signal) =>
      this.#storage.readRecord(this.#to, path, { signal, maxBytes: MAX_BYTES }),
    );
    return bytes && new TextDecoder().decode(bytes);
  }

  async #write(folder: string, name: string, text: string): Promise<string> {
    const path = this.#folder + folder + name;
    const bound = { ms: LONGEST_CALL_MS, what: `The record ${path} was not stored`, signal: this.#signal };
    const { location } = await withStallTimeout(bound, (signal) =>
      this.#storage.writeRecord(this.#to, path, text, { signal }),
    );
    return location;
  }

  /** Error of a record that another program wrote or deleted. */
  #broken(name: string, why: string): Error {
    return invalidInput(`The record ${this.#folder}${name} of ${shownRef(this.#to)} can't be used: ${why}.`);
  }
}

function isPlanned(value: unknown): value is PlannedDocument {
  return isObject(value) && typeof (value as Partial<PlannedDocument>).ref === 'string';
}

function isPartRun(value: unknown): value is PartRun {
  const { workflowId, runId } = Object(value) as Partial<PartRun>;
  return typeof workflowId === 'string' && typeof runId === 'string';
}
