import {
  type LeftOut,
  type ListedDocument,
  type ListedPage,
  type ListingRules,
  reasonToLeaveOut,
} from '../core/listing';

export interface ListOptions {
  /** Globs of the path below the folder. Globs that begin with `!` exclude paths. @default every path */
  match?: string | readonly string[] | undefined;
  /** Path of the last entry that was processed. The listing continues after it. @default from the start */
  after?: string | undefined;
  /** Largest document, in bytes. */
  maxBytes: number;
  signal: AbortSignal;
}

/** Part of the content of a folder or prefix: documents, and entries that are left out. */
export interface ListedDocuments {
  documents: ListedDocument[];
  leftOut: LeftOut[];
  /** Path of the last entry, as a value for `after`. */
  last: string;
}

/** Separates the documents of a run from the entries that are left out. */
export async function* tellApart(
  pages: AsyncIterable<ListedPage>,
  rules: ListingRules,
): AsyncGenerator<ListedDocuments> {
  for await (const { entries } of pages) {
    const documents: ListedDocument[] = [];
    const leftOut: LeftOut[] = [];
    for (const entry of entries) {
      const reason = reasonToLeaveOut(entry, rules);
      if (reason !== undefined) leftOut.push({ path: entry.path, reason });
      else if (entry.leftOut === undefined) documents.push(entry);
    }
    const last = entries.at(-1)?.path;
    if (last !== undefined) yield { documents, leftOut, last };
  }
}
