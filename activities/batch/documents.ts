import { toApplicationFailure } from '../../src/common/failure';
import { invalidInput } from '../../src/core/errors';
import { type Manifest, shownIdentity } from '../../src/core/batch/manifest';
import type { PlanRequest } from '../../src/core/batch/plan';
import { parseLines, type PlannedDocument } from '../../src/core/batch/records';
import type { DocumentInput } from '../../src/core/document';
import { errorMessage } from '../../src/core/error-shape';
import { shownRef } from '../../src/core/reference';
import { checkDocuments } from '../../src/core/run/check-input';
import { distinctPaths } from '../../src/core/run/output-names';
import type { Storage } from '../../src/storage/storage';
import { inParallel } from '../support/in-parallel';
import { BatchRecords, type RecordsPort } from './records';

export type DocumentsPort = Pick<Storage, 'listDocuments' | 'openDocument'> & RecordsPort;

/** Some of a batch's documents, in order. */
export interface DocumentPage {
  documents: PlannedDocument[];
  /** How many of what was listed with them were left out, by reason. */
  leftOut: Record<string, number>;
  /** Where a listing goes on behind this page; undefined where it is none. */
  last?: string | undefined;
}

/** A list of documents may be so large, in bytes. */
const MAX_LIST_BYTES = 1_024 * 1_024 * 1_024;

/** So many lines of a list make a page, of so many characters at most. */
const PAGE = 1_000;
const MAX_PAGE = 64 * 1_024 * 1_024;

/**
 * All documents that a plan is asked for, page by page.
 * @param after Where an earlier attempt left a listing
 */
export function documentPages(
  storage: DocumentsPort,
  request: PlanRequest,
  signal: AbortSignal,
  after: string | undefined,
): AsyncIterable<DocumentPage> {
  const { documents, retryFailed, maxFileBytes } = request;
  if (retryFailed !== undefined) return failedDocuments(storage, retryFailed, signal);
  if (documents === undefined)
    throw toApplicationFailure(invalidInput('Option documents of unstructured.planJobs is missing: or retryFailed.'));
  if (Array.isArray(documents)) return onePage(documents);
  return 'list' in documents
    ? listFile(storage, documents.list, signal)
    : listed(storage, documents, maxFileBytes, signal, after);
}

async function* onePage(documents: PlannedDocument[]): AsyncGenerator<DocumentPage> {
  yield await Promise.resolve({ documents, leftOut: {} });
}

async function* listed(
  storage: DocumentsPort,
  { from, match }: { from: string; match?: string | string[] | undefined },
  maxBytes: number,
  signal: AbortSignal,
  after: string | undefined,
): AsyncGenerator<DocumentPage> {
  for await (const { documents, leftOut, last } of storage.listDocuments(from, { match, after, maxBytes, signal })) {
    const counts: Record<string, number> = {};
    for (const { reason } of leftOut) counts[reason] = (counts[reason] ?? 0) + 1;
    yield { documents, leftOut: counts, last };
  }
}

/** All pages in one, each document with the path by which its outputs are called as no other's. */
export async function* withDistinctPaths(
  pages: AsyncIterable<DocumentPage>,
  template: string,
): AsyncGenerator<DocumentPage> {
  const documents: PlannedDocument[] = [];
  const leftOut: Record<string, number> = {};
  for await (const page of pages) {
    for (const document of page.documents) documents.push(document);
    for (const [reason, count] of Object.entries(page.leftOut)) leftOut[reason] = (leftOut[reason] ?? 0) + count;
  }
  const paths = distinctPaths(documents, template);
  yield { documents: documents.map((document, index) => ({ ...document, path: paths[index] })), leftOut };
}

/** A file of JSON Lines. */
async function* listFile(storage: DocumentsPort, list: string, signal: AbortSignal): AsyncGenerator<DocumentPage> {
  let line = 0;
  const take = (text: string): DocumentPage => {
    const documents = checkedEntries(text, list, line);
    line += text.split('\n').length - 1;
    return { documents, leftOut: {} };
  };
  let rest = '';
  for await (const text of readText(storage, list, signal)) {
    rest += text;
    for (let end = endOfPage(rest); end > 0; end = endOfPage(rest)) {
      yield take(rest.slice(0, end));
      rest = rest.slice(end);
    }
    if (rest.length > MAX_PAGE) throw noList(list, `its next ${PAGE} lines are longer than ${MAX_PAGE} characters`);
  }
  if (rest.trim() !== '') yield take(rest);
}

/** Behind the line that fills a page; 0 where there are not so many. */
function endOfPage(text: string): number {
  let at = -1;
  for (let lines = 0; lines < PAGE; lines++) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return 0;
  }
  return at + 1;
}

async function* readText(storage: DocumentsPort, list: string, signal: AbortSignal): AsyncGenerator<string> {
  const document = await storage.openDocument(list, { signal, maxBytes: MAX_LIST_BYTES });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw noList(list, 'it is no text in UTF-8');
    }
  };
  try {
    for await (const bytes of document.stream()) yield decode(bytes);
    yield decode();
  } finally {
    await document.close?.();
  }
}

function noList(list: string, why: string): Error {
  return toApplicationFailure(
    invalidInput(`Option documents.list names ${shownRef(list)}, which is no list of documents: ${why}.`),
  );
}

function checkedEntries(text: string, list: string, line: number): DocumentInput[] {
  try {
    const entries = parseLines(text).map((entry) => (typeof entry === 'string' ? { ref: entry } : entry));
    return checkDocuments(entries as DocumentInput[], Infinity);
  } catch (error) {
    throw noList(list, `${line === 0 ? '' : `behind line ${line}, `}${errorMessage(error).replace(/\.$/, '')}`);
  }
}

/** What was not ok, by an earlier manifest. */
async function* failedDocuments(
  storage: RecordsPort,
  location: string,
  signal: AbortSignal,
): AsyncGenerator<DocumentPage> {
  const records = BatchRecords.beside(storage, location, 'retryFailed', signal);
  const { parts } = await manifestAt(records, location, 'retryFailed');
  const plan = (await records.plan())?.id;
  if (plan === undefined)
    throw toApplicationFailure(invalidInput(`Option retryFailed names ${shownRef(location)}, but its plan is gone.`));
  for (let part = 1; part <= parts.count; part++) {
    const [documents, lines] = await Promise.all([records.planned(plan, part), records.lines(part)]);
    yield { documents: documents.filter((_, index) => lines?.[index]?.status !== 'ok'), leftOut: {} };
  }
}

async function manifestAt(records: BatchRecords, location: string, option: string): Promise<Manifest> {
  const manifest = await records.manifest();
  if (manifest) return manifest;
  throw toApplicationFailure(invalidInput(`Option ${option} names ${shownRef(location)}, but there is no manifest.`));
}

/** So many records are read at a time. */
export const READERS = 16;

export function partNumbers(parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => index + 1);
}

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
      await inParallel(READERS, partNumbers(parts.count), signal, async (part) => {
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
