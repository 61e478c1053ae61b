import { invalidInput } from '../../src/core/errors';
import { shownRef } from '../../src/core/reference';
import { type LeftOutLine, type ManifestLine, shownIdentity } from '../../src/core/batch/manifest-lines';
import { namedManifests } from '../../src/core/batch/manifest';
import type { BatchPlan } from '../../src/core/batch/plan';
import type { PlannedDocument } from '../../src/core/batch/records';
import { readOutcome } from './job-outcome';
import { type EarlierBatch, readEarlierBatch } from './earlier-batch';
import { forEachPart } from './for-each-part';
import type { RecordsPort } from './records';

/** Identifies a document's content; null if its version is unknown. */
function contentOf({ identity, version }: { identity: string; version?: string | null | undefined }): string | null {
  return version == null ? null : `${identity}\n${version}`;
}

/** Why a document is not sent again. */
type KnownReason = Extract<LeftOutLine['reason'], 'unchanged' | 'unsettled'>;

type NamedBatch = EarlierBatch & { location: string; plan: BatchPlan | undefined };

function endedAt({ manifest }: NamedBatch): number {
  return Date.parse(manifest.endedAt);
}

/** When the documents were listed, which gave them their versions. A batch that is resumed, or retries another one, lists nothing. */
function listedAt({ manifest, plan }: NamedBatch): number {
  return Date.parse(plan?.batch?.listedAt ?? manifest.startedAt);
}

/**
 * The batches of a chain. A batch is newer than those that its manifest names, even if one of them was resumed and has ended again. Of others, the
 * one with the latest time is newer.
 */
function newestFirst(batches: readonly NamedBatch[], timeOf: (batch: NamedBatch) => number): NamedBatch[] {
  const rest = new Map(batches.map((batch) => [batch.location, batch]));
  const namedBy = new Map<string, number>();
  const note = ({ manifest }: NamedBatch, more: 1 | -1) => {
    for (const location of namedManifests(manifest)) namedBy.set(location, (namedBy.get(location) ?? 0) + more);
  };
  for (const batch of batches) note(batch, 1);
  const isHead = ({ location }: NamedBatch) => !namedBy.get(location);
  const heads = new Set(batches.filter(isHead));
  const ordered: NamedBatch[] = [];
  while (rest.size > 0) {
    const next = latest(heads.size > 0 ? heads : rest.values(), timeOf); // only edited manifests name each other
    ordered.push(next);
    heads.delete(next);
    rest.delete(next.location);
    note(next, -1);
    for (const location of namedManifests(next.manifest)) {
      const named = rest.get(location);
      if (named && isHead(named)) heads.add(named);
    }
  }
  return ordered;
}

function latest(batches: Iterable<NamedBatch>, timeOf: (batch: NamedBatch) => number): NamedBatch {
  return [...batches].reduce((last, one) => (timeOf(one) > timeOf(last) ? one : last));
}

/** What earlier manifests say about documents. */
export class KnownContents {
  /** By the identity of a document: the version whose outputs exist. Of several, the one that was listed last. */
  readonly #ok = new Map<string, { version: string; rank: number }>();
  /** By content: whether it is unsettled. The batch that ended last and has it decides. */
  readonly #unsettled = new Map<string, boolean>();

  private constructor() {}

  /** Reads manifests, and those that they name in turn. */
  static async read(storage: RecordsPort, locations: readonly string[], signal: AbortSignal): Promise<KnownContents> {
    const known = new KnownContents();
    const batches: NamedBatch[] = [];
    const chain = new Set(locations);
    for (const location of chain) {
      const batch = await readEarlierBatch(storage, location, 'unlessIn', signal);
      batches.push({ ...batch, location, plan: await batch.records.plan() });
      for (const earlier of namedManifests(batch.manifest)) chain.add(earlier); // the loop also visits those that it adds
    }
    const byListing = newestFirst(batches, listedAt);
    for (const batch of newestFirst(batches, endedAt)) {
      const { location, records, manifest, plan } = batch;
      const rank = byListing.indexOf(batch);
      let documents = 0;
      await forEachPart(manifest.parts.count, signal, async (part) => {
        const outcome = await readOutcome(records, part);
        const lines = records.requireLines(part, outcome.lines, plan && (plan.sizes[part - 1] ?? 0));
        documents += lines.length;
        for (const line of lines) known.#add(line, outcome.silent !== undefined, rank);
      });
      if (documents !== manifest.counts.documents)
        throw invalidInput(
          `Option unlessIn names ${locations.map(shownRef).join(', ')}, but ${shownRef(location)} counts ${manifest.counts.documents} documents, and its parts have ${documents} lines.`,
        );
    }
    return known;
  }

  /**
   * @param isSilent Whether the run that last began the line's job has reported nothing, so that the line is older
   * @param rank The lower, the later its batch was listed
   */
  #add(line: ManifestLine, isSilent: boolean, rank: number): void {
    const { identity, version, status, unsettled } = line;
    const content = contentOf(line);
    if (content === null) return;
    const { rank: before = Infinity } = this.#ok.get(identity) ?? {};
    if (status === 'ok' && version !== null && rank < before) this.#ok.set(identity, { version, rank });
    if (!this.#unsettled.has(content)) this.#unsettled.set(content, isSilent || unsettled);
  }

  /** Why a document is left out; undefined if it is not. */
  reasonFor(document: PlannedDocument): KnownReason | undefined {
    const { version } = document;
    const identity = shownIdentity(document);
    if (version === undefined) return undefined;
    if (this.#ok.get(identity)?.version === version) return 'unchanged';
    return this.#unsettled.get(contentOf({ identity, version }) ?? '') ? 'unsettled' : undefined;
  }
}
