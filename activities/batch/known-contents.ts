import { inParallel } from '../../src/common/in-parallel';
import { invalidInput } from '../../src/core/errors';
import { shownRef } from '../../src/core/reference';
import { type LeftOutLine, type ManifestLine, shownIdentity } from '../../src/core/batch/manifest-lines';
import { namedManifests } from '../../src/core/batch/manifest';
import type { PlannedDocument } from '../../src/core/batch/records';
import { readOutcome } from './job-outcome';
import { readEarlierBatch } from './earlier-batch';
import { PARALLEL } from './for-each-part';
import type { BatchRecords, RecordsPort } from './records';

/** Identifies a document's content; null if its version is unknown. */
function contentOf({ identity, version }: { identity: string; version?: string | null | undefined }): string | null {
  return version == null ? null : `${identity}\n${version}`;
}

/** Why a document is not sent again. */
type KnownReason = Extract<LeftOutLine['reason'], 'unchanged' | 'unsettled'>;

/** What is kept of an earlier batch while its parts are read. */
interface NamedBatch {
  location: string;
  records: BatchRecords;
  /** Locations of the manifests that its own names. */
  named: string[];
  parts: number;
  documents: number;
  /** Number of documents in each part; undefined if the plan is gone. */
  sizes: number[] | undefined;
  /** When the documents were listed, which gave them their versions. A batch that is resumed, or retries another one, lists nothing. */
  listedAt: number;
  endedAt: number;
}

/** Reads manifests with their plans, and those that they name in turn. They are in the order in which they are named. */
async function readChain(
  storage: RecordsPort,
  locations: readonly string[],
  signal: AbortSignal,
): Promise<NamedBatch[]> {
  const chain = new Set(locations);
  const batches: NamedBatch[] = [];
  for (let next = [...chain]; next.length > 0;) {
    const read: NamedBatch[] = [];
    await inParallel(PARALLEL, [...next.entries()], signal, async ([index, location], signal) => {
      read[index] = await readNamed(storage, location, signal);
    });
    next = [];
    for (const batch of read) {
      batches.push(batch);
      for (const location of batch.named) {
        if (!chain.has(location)) next.push(location);
        chain.add(location);
      }
    }
  }
  return batches;
}

async function readNamed(storage: RecordsPort, location: string, signal: AbortSignal): Promise<NamedBatch> {
  const { records, manifest, plan } = await readEarlierBatch(storage, location, 'unlessIn', signal);
  return {
    location,
    records,
    named: namedManifests(manifest),
    parts: manifest.parts.count,
    documents: manifest.counts.documents,
    sizes: plan?.sizes,
    listedAt: Date.parse(plan?.batch?.listedAt ?? manifest.startedAt),
    endedAt: Date.parse(manifest.endedAt),
  };
}

/**
 * The place of each batch of a chain, the newest first. A batch is newer than those that its manifest names, even if one of them was resumed and has
 * ended again. Of others, the one with the latest time is newer.
 */
function placesOf(batches: readonly NamedBatch[], time: 'listedAt' | 'endedAt'): Map<NamedBatch, number> {
  const rest = new Map(batches.map((batch) => [batch.location, batch]));
  const namedBy = new Map<string, number>();
  const note = ({ named }: NamedBatch, more: 1 | -1) => {
    for (const location of named) namedBy.set(location, (namedBy.get(location) ?? 0) + more);
  };
  for (const batch of batches) note(batch, 1);
  const isHead = ({ location }: NamedBatch) => !namedBy.get(location);
  const heads = new Set(batches.filter(isHead));
  const places = new Map<NamedBatch, number>();
  while (rest.size > 0) {
    const candidates = [...(heads.size > 0 ? heads : rest.values())]; // only edited manifests name each other
    const next = candidates.reduce((last, one) => (one[time] > last[time] ? one : last));
    places.set(next, places.size);
    heads.delete(next);
    rest.delete(next.location);
    note(next, -1);
    for (const location of next.named) {
      const named = rest.get(location);
      if (named && isHead(named)) heads.add(named);
    }
  }
  return places;
}

/** What earlier manifests say about documents. */
export class KnownContents {
  /** By the identity of a document: the version whose outputs exist. Of several, the one that was listed last. */
  readonly #ok = new Map<string, { version: string; place: number }>();
  /** By content: whether it is unsettled. The batch that ended last and has it decides. */
  readonly #unsettled = new Map<string, { unsettled: boolean; place: number }>();

  private constructor() {}

  /** Reads manifests, and those that they name in turn. */
  static async read(storage: RecordsPort, locations: readonly string[], signal: AbortSignal): Promise<KnownContents> {
    const known = new KnownContents();
    const batches = await readChain(storage, locations, signal);
    const [byListing, byEnd] = [placesOf(batches, 'listedAt'), placesOf(batches, 'endedAt')];
    const found = new Map<NamedBatch, number>();
    const parts = batches.flatMap((batch) => Array.from({ length: batch.parts }, (_, n) => ({ batch, part: n + 1 })));
    await inParallel(PARALLEL, parts, signal, async ({ batch, part }) => {
      const { records, sizes } = batch;
      const outcome = await readOutcome(records, part);
      const lines = records.requireLines(part, outcome.lines, sizes && (sizes[part - 1] ?? 0));
      found.set(batch, (found.get(batch) ?? 0) + lines.length);
      const places = { listed: byListing.get(batch) ?? 0, ended: byEnd.get(batch) ?? 0 };
      for (const line of lines) known.#add(line, outcome.silent !== undefined, places);
    });
    for (const batch of batches) {
      const { location, documents } = batch;
      const lines = found.get(batch) ?? 0;
      if (lines !== documents)
        throw invalidInput(
          `Option unlessIn names ${locations.map(shownRef).join(', ')}, but ${shownRef(location)} counts ${documents} documents, and its parts have ${lines} lines.`,
        );
    }
    return known;
  }

  /**
   * @param isSilent Whether the run that last began the line's job has reported nothing, so that the line is older
   * @param places The lower, the later its batch was listed, or ended
   */
  #add(line: ManifestLine, isSilent: boolean, { listed, ended }: { listed: number; ended: number }): void {
    const { identity, version, status } = line;
    const content = contentOf(line);
    if (content === null) return;
    if (status === 'ok' && version !== null && listed < (this.#ok.get(identity)?.place ?? Infinity))
      this.#ok.set(identity, { version, place: listed });
    if (ended < (this.#unsettled.get(content)?.place ?? Infinity))
      this.#unsettled.set(content, { unsettled: isSilent || line.unsettled, place: ended });
  }

  /** Why a document is left out; undefined if it is not. */
  reasonFor(document: PlannedDocument): KnownReason | undefined {
    const { version } = document;
    const identity = shownIdentity(document);
    if (version === undefined) return undefined;
    if (this.#ok.get(identity)?.version === version) return 'unchanged';
    return this.#unsettled.get(contentOf({ identity, version }) ?? '')?.unsettled ? 'unsettled' : undefined;
  }
}
