import { type LeftOutLine, type ManifestLine, shownIdentity } from '../../src/core/batch/manifest-lines';
import type { PlannedDocument } from '../../src/core/batch/records';
import type { LeftOutReason } from '../../src/core/listing';
import { readOutcome } from './job-outcome';
import { readEarlierBatch } from './earlier-batch';
import { forEachPart } from './for-each-part';
import type { RecordsPort } from './records';

/** Identifies a document's content; null if its version is unknown. */
function contentOf({ identity, version }: { identity: string; version?: string | null | undefined }): string | null {
  return version == null ? null : `${identity}\n${version}`;
}

/** Why a document is not sent again. */
type KnownReason = Exclude<LeftOutLine['reason'], LeftOutReason>;

/** What earlier manifests say of documents: the latest that has one decides. */
export class KnownContents {
  /** Of each document, by its identity, the version whose outputs are there. */
  readonly #ok = new Map<string, string>();
  /** Of each content whether it is unsettled. */
  readonly #unsettled = new Map<string, boolean>();

  private constructor() {}

  /** Of a manifest, and of those that it names in turn. */
  static async read(storage: RecordsPort, location: string, signal: AbortSignal): Promise<KnownContents> {
    const known = new KnownContents();
    const seen = new Set<string>();
    const rest = [location];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const { records, manifest } = await readEarlierBatch(storage, next, 'unlessIn', signal);
      await forEachPart(manifest.parts.count, signal, async (part) => {
        const { lines = [], silent } = await readOutcome(records, part);
        for (const line of lines) known.#add(line, silent !== undefined);
      });
      for (const earlier of [manifest.unlessIn, manifest.retryFailed]) if (earlier !== null) rest.push(earlier);
    }
    return known;
  }

  /** @param isSilent Whether the run that began its job last told nothing: what the line tells is older */
  #add(line: ManifestLine, isSilent: boolean): void {
    const { identity, version, status, unsettled } = line;
    const content = contentOf(line);
    if (content === null) return;
    if (status === 'ok' && version !== null && !this.#ok.has(identity)) this.#ok.set(identity, version);
    if (!this.#unsettled.has(content)) this.#unsettled.set(content, isSilent || unsettled);
  }

  /** Why a document is left out; undefined where it is not. */
  reasonFor(document: PlannedDocument): KnownReason | undefined {
    const { version } = document;
    const identity = shownIdentity(document);
    if (version === undefined) return undefined;
    if (this.#ok.get(identity) === version) return 'unchanged';
    return this.#unsettled.get(contentOf({ identity, version }) ?? '') ? 'unsettled' : undefined;
  }
}
