import { shownIdentity } from '../../src/core/batch/manifest-lines';
import type { PlannedDocument } from '../../src/core/batch/records';
import { BatchRecords, forEachPart, manifestAt, type RecordsPort } from './records';

/** Tells a document's content, where its version is known. */
function contentOf({ identity, version }: { identity: string; version?: string | null | undefined }): string | null {
  return version == null ? null : `${identity}\n${version}`;
}

/** What earlier manifests have as ok. */
export class KnownContents {
  readonly #known: ReadonlySet<string>;

  private constructor(known: ReadonlySet<string>) {
    this.#known = known;
  }

  /** Of a manifest, and of those that it names in turn. */
  static async read(storage: RecordsPort, location: string, signal: AbortSignal): Promise<KnownContents> {
    const known = new Set<string>();
    const seen = new Set<string>();
    const rest = [location];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const records = BatchRecords.beside(storage, next, 'unlessIn', signal);
      const { parts, unlessIn, retryFailed } = await manifestAt(records, next, 'unlessIn');
      await forEachPart(parts.count, signal, async (part) => {
        for (const line of (await records.lines(part)) ?? []) {
          const content = line.status === 'ok' ? contentOf(line) : null;
          if (content !== null) known.add(content);
        }
      });
      for (const earlier of [unlessIn, retryFailed]) if (earlier !== null) rest.push(earlier);
    }
    return new KnownContents(known);
  }

  has(document: PlannedDocument): boolean {
    const content = contentOf({ identity: shownIdentity(document), version: document.version });
    return content !== null && this.#known.has(content);
  }
}
