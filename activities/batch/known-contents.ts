import { type Manifest, MAX_UNCERTAIN_STARTS } from '../../src/core/batch/manifest';
import { type LeftOutLine, type ManifestLine, shownIdentity } from '../../src/core/batch/manifest-lines';
import type { PlannedDocument } from '../../src/core/batch/records';
import type { LeftOutReason } from '../../src/core/listing';
import { BatchRecords, forEachPart, manifestAt, type RecordsPort } from './records';

/** Identifies a document's content; null if its version is unknown. */
function contentOf({ identity, version }: { identity: string; version?: string | null | undefined }): string | null {
  return version == null ? null : `${identity}\n${version}`;
}

/** Why a document is not sent again. */
type KnownReason = Exclude<LeftOutLine['reason'], LeftOutReason>;

/** Contents that are `ok` in earlier manifests, or whose start is uncertain. */
export class KnownContents {
  /** For each content, why it is not sent again; null if it is. */
  readonly #reasons = new Map<string, KnownReason | null>();

  private constructor() {}

  /** Of a manifest, and of those that it names in turn. For an uncertain start, the latest manifest that has the document decides. */
  static async read(storage: RecordsPort, location: string, signal: AbortSignal): Promise<KnownContents> {
    const known = new KnownContents();
    const seen = new Set<string>();
    const rest = [location];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const records = BatchRecords.beside(storage, next, 'unlessIn', signal);
      const manifest = await manifestAt(records, next, 'unlessIn');
      const isUncertain = uncertaintyIn(manifest);
      await forEachPart(manifest.parts.count, signal, async (part) => {
        for (const line of (await records.lines(part)) ?? []) known.#add(line, isUncertain(line, part));
      });
      for (const earlier of [manifest.unlessIn, manifest.retryFailed]) if (earlier !== null) rest.push(earlier);
    }
    return known;
  }

  #add(line: ManifestLine, isUncertain: boolean): void {
    const content = contentOf(line);
    if (content === null) return;
    if (line.status === 'ok') this.#reasons.set(content, 'unchanged');
    else if (!this.#reasons.has(content)) this.#reasons.set(content, isUncertain ? 'uncertainStart' : null);
  }

  /** Why a document is left out; undefined where it is not. */
  reasonFor(document: PlannedDocument): KnownReason | undefined {
    const content = contentOf({ identity: shownIdentity(document), version: document.version });
    return content === null ? undefined : (this.#reasons.get(content) ?? undefined);
  }
}

/**
 * Tells whether nobody knows if a line's document is in a job. Where more starts may be uncertain than are listed, that is so for each begun job
 * without an id.
 */
function uncertaintyIn({ uncertainStarts, begunJobs }: Manifest): (line: ManifestLine, part: number) => boolean {
  const listed = new Set(uncertainStarts.map(({ part }) => part));
  const mayBeMore = uncertainStarts.length >= MAX_UNCERTAIN_STARTS;
  return ({ status, jobId }, part) =>
    status === 'missing' && (listed.has(part) || (mayBeMore && part <= begunJobs && !jobId));
}
