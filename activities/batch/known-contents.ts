import { type LeftOutLine, shownIdentity } from '../../src/core/batch/manifest-lines';
import type { PlannedDocument } from '../../src/core/batch/records';
import type { LeftOutReason } from '../../src/core/listing';
import { BatchRecords, forEachPart, manifestAt, type RecordsPort } from './records';

/** Tells a document's content, where its version is known. */
function contentOf({ identity, version }: { identity: string; version?: string | null | undefined }): string | null {
  return version == null ? null : `${identity}\n${version}`;
}

/** Why a document is not sent again. */
type KnownReason = Exclude<LeftOutLine['reason'], LeftOutReason>;

/** What earlier manifests have as ok, or of which nobody knows whether its job was started. */
export class KnownContents {
  readonly #known: ReadonlyMap<string, KnownReason>;

  private constructor(known: ReadonlyMap<string, KnownReason>) {
    this.#known = known;
  }

  /** Of a manifest, and of those that it names in turn. Whether a start is uncertain, the latest of them tells that has the document. */
  static async read(storage: RecordsPort, location: string, signal: AbortSignal): Promise<KnownContents> {
    const known = new Map<string, KnownReason>();
    const toSend = new Set<string>();
    const seen = new Set<string>();
    const rest = [location];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const records = BatchRecords.beside(storage, next, 'unlessIn', signal);
      const { parts, unlessIn, retryFailed, uncertainStarts } = await manifestAt(records, next, 'unlessIn');
      const uncertain = new Set(uncertainStarts.map(({ part }) => part));
      await forEachPart(parts.count, signal, async (part) => {
        for (const line of (await records.lines(part)) ?? []) {
          const content = contentOf(line);
          if (content === null) continue;
          if (line.status === 'ok') known.set(content, 'unchanged');
          else if (line.status !== 'missing' || !uncertain.has(part)) toSend.add(content);
          else if (!toSend.has(content) && !known.has(content)) known.set(content, 'uncertainStart');
        }
      });
      for (const earlier of [unlessIn, retryFailed]) if (earlier !== null) rest.push(earlier);
    }
    return new KnownContents(known);
  }

  /** Why a document is left out; undefined where it is not. */
  reasonFor(document: PlannedDocument): KnownReason | undefined {
    const content = contentOf({ identity: shownIdentity(document), version: document.version });
    return content === null ? undefined : this.#known.get(content);
  }
}
