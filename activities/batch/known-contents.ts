import { invalidInput } from '../../src/core/errors';
import { shownRef } from '../../src/core/reference';
import { type LeftOutLine, type ManifestLine, shownIdentity } from '../../src/core/batch/manifest-lines';
import { namedManifests } from '../../src/core/batch/manifest';
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

type NamedBatch = EarlierBatch & { location: string };

/**
 * The batches of a chain. A batch is newer than those that its manifest names, even if one of them was resumed and has ended again. Of others, the
 * one that ended last is newer.
 */
function newestFirst(batches: readonly NamedBatch[]): NamedBatch[] {
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
    const next = lastEnded(heads.size > 0 ? heads : rest.values()); // only edited manifests name each other
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

function lastEnded(batches: Iterable<NamedBatch>): NamedBatch {
  const endOf = ({ manifest }: NamedBatch) => Date.parse(manifest.endedAt);
  return [...batches].reduce((last, one) => (endOf(one) > endOf(last) ? one : last));
}

/** What earlier manifests say about documents. The latest manifest that has a document decides. */
export class KnownContents {
  /** By the identity of a document: the version whose outputs exist. */
  readonly #ok = new Map<string, string>();
  /** By content: whether it is unsettled. */
  readonly #unsettled = new Map<string, boolean>();

  private constructor() {}

  /** Reads manifests, and those that they name in turn. */
  static async read(storage: RecordsPort, locations: readonly string[], signal: AbortSignal): Promise<KnownContents> {
    const known = new KnownContents();
    const batches: NamedBatch[] = [];
    const chain = new Set(locations);
    for (const location of chain) {
      const batch = await readEarlierBatch(storage, location, 'unlessIn', signal);
      batches.push({ ...batch, location });
      for (const earlier of namedManifests(batch.manifest)) chain.add(earlier); // the loop also visits those that it adds
    }
    for (const { location, records, manifest } of newestFirst(batches)) {
      let documents = 0;
      await forEachPart(manifest.parts.count, signal, async (part) => {
        const outcome = await readOutcome(records, part);
        const lines = records.requireLines(part, outcome.lines);
        documents += lines.length;
        for (const line of lines) known.#add(line, outcome.silent !== undefined);
      });
      if (documents !== manifest.counts.documents)
        throw invalidInput(
          `Option unlessIn names ${locations.map(shownRef).join(', ')}, but ${shownRef(location)} counts ${manifest.counts.documents} documents, and its parts have ${documents} lines.`,
        );
    }
    return known;
  }

  /** @param isSilent Whether the run that last began the line's job has reported nothing, so that the line is older */
  #add(line: ManifestLine, isSilent: boolean): void {
    const { identity, version, status, unsettled } = line;
    const content = contentOf(line);
    if (content === null) return;
    if (status === 'ok' && version !== null && !this.#ok.has(identity)) this.#ok.set(identity, version);
    if (!this.#unsettled.has(content)) this.#unsettled.set(content, isSilent || unsettled);
  }

  /** Why a document is left out; undefined if it is not. */
  reasonFor(document: PlannedDocument): KnownReason | undefined {
    const { version } = document;
    const identity = shownIdentity(document);
    if (version === undefined) return undefined;
    if (this.#ok.get(identity) === version) return 'unchanged';
    return this.#unsettled.get(contentOf({ identity, version }) ?? '') ? 'unsettled' : undefined;
  }
}
