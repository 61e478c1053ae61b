import {
  type LeftOut,
  type ListedDocument,
  type ListedPage,
  type ListingRules,
  reasonToLeaveOut,
} from '../core/listing';

export interface ListOptions {
  /** Globs of the path below the folder. Those that begin with `!` leave out. @default every path */
  match?: string | readonly string[] | undefined;
  /** Path of the last entry that was taken: the listing goes on after it. @default from the start */
  after?: string | undefined;
  /** Largest document, in bytes. */
  maxBytes: number;
  signal: AbortSignal;
}

/** Some of what is under a folder or prefix: documents, and what is left out. */
export interface ListedDocuments {
  documents: ListedDocument[];
  leftOut: LeftOut[];
  /** Path of the last entry: what `after` takes. */
  last: string;
}

/** Tells the documents of a run apart from what is left out. */
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
