import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { invalidInput } from '../../src/core/errors';
import { idOfPart, type PlanRequest } from '../../src/core/batch/plan';
import { type LeftOutLine, leftOutLine } from '../../src/core/batch/manifest-lines';
import { listedPathOf, type PlannedDocument, toLines } from '../../src/core/batch/records';
import { defaultIdentity, shownRef } from '../../src/core/reference';
import { distinctPaths, finalPath } from '../../src/core/run/output-names';
import { mapped } from '../../src/core/run/yielding-steps';
import type { Storage } from '../../src/storage/storage';
import { readEarlierBatch } from './earlier-batch';
import { forEachPart } from './for-each-part';
import { readListFile } from './list-file';
import { canStoreOutputs, refuseReplaced } from './check-outputs';
import type { RecordsPort } from './records';

export type DocumentsPort = Pick<
  Storage,
  'canStore' | 'firstReplaced' | 'listDocuments' | 'listsOutputs' | 'openDocument'
> &
  RecordsPort;

/** Number of documents in a page, if all documents are known before. */
const PAGE = 1_000;

/** Some documents of a batch, in order. */
export interface DocumentPage {
  documents: PlannedDocument[];
  /** Entries that were listed with these documents and left out. */
  leftOut: LeftOutLine[];
  /** Where a listing continues after this page; undefined if nothing is listed. */
  last?: string | undefined;
  /** When an earlier batch listed these documents, ISO-8601; undefined if they are new. */
  listedAt?: string | undefined;
}

/**
 * All documents of a plan request, page by page.
 * @param after Where an earlier attempt ended its listing
 */
export function documentPages(
  storage: DocumentsPort,
  request: PlanRequest,
  signal: AbortSignal,
  after: string | undefined,
): AsyncIterable<DocumentPage> {
  const { documents, retryFailed, maxDocumentBytes } = request;
  if (retryFailed !== undefined) return failedDocuments(storage, retryFailed, signal);
  if (documents === undefined) throw invalidInput('Give unstructured.planJobs documents or retryFailed.');
  const isGood = (document: PlannedDocument) => canStoreOutputs(storage, request, document);
  if (Array.isArray(documents)) return withoutDuplicates(onePage(documents), isGood);
  return 'list' in documents
    ? withoutDuplicates(listFile(storage, documents.list, signal), isGood)
    : listed(storage, documents, maxDocumentBytes, signal, after);
}

async function* onePage(documents: PlannedDocument[]): AsyncGenerator<DocumentPage> {
  yield await Promise.resolve({ documents, leftOut: [] });
}

async function* listed(
  storage: DocumentsPort,
  { from, match }: { from: string; match?: string | string[] | undefined },
  maxBytes: number,
  signal: AbortSignal,
  after: string | undefined,
): AsyncGenerator<DocumentPage> {
  for await (const { documents, leftOut, last } of storage.listDocuments(from, { match, after, maxBytes, signal }))
    yield { documents, leftOut, last };
}

async function* listFile(storage: DocumentsPort, list: string, signal: AbortSignal): AsyncGenerator<DocumentPage> {
  for await (const documents of readListFile(storage, list, signal)) yield { documents, leftOut: [] };
}

/** A document that a list names several times is sent and paid for once, as the list first names it with a name that the target can hold. */
async function* withoutDuplicates(
  pages: AsyncIterable<DocumentPage>,
  isGood: (document: PlannedDocument) => boolean,
): AsyncGenerator<DocumentPage> {
  const seen = new Set<string>();
  for await (const page of pages) {
    const documents: PlannedDocument[] = [];
    const leftOut: LeftOutLine[] = [];
    for (const document of page.documents) {
      const { ref, identity = defaultIdentity(ref) } = document;
      const digest = createHash('sha256').update(identity).digest('base64'); // shorter than most identities
      const reason = !isGood(document) ? 'badName' : seen.has(digest) ? 'duplicate' : undefined;
      if (reason) leftOut.push(leftOutLine(document, reason));
      else documents.push(document);
      if (reason !== 'badName') seen.add(digest);
    }
    yield { documents, leftOut };
  }
}

/**
 * All documents, each with a path that gives its outputs unique names. `last` of a page contains a digest of all documents, so that an attempt
 * continues only where an earlier one ended that had the same documents.
 * @throws UnstructuredValidationError if an output would replace a document
 */
export async function withDistinctPaths(
  storage: Pick<DocumentsPort, 'firstReplaced'>,
  pages: AsyncIterable<DocumentPage>,
  { template, to }: { template: string; to: string },
): Promise<DocumentPage[]> {
  const documents: PlannedDocument[] = [];
  const leftOut: LeftOutLine[] = [];
  let listedAt: string | undefined;
  for await (const page of pages) {
    for (const document of page.documents) documents.push(document);
    for (const line of page.leftOut) leftOut.push(line);
    listedAt ??= page.listedAt;
  }
  const paths = await inTurns(distinctPaths(documents, template));
  const outputs = await inTurns(mapped(paths, (path) => finalPath(path, template)));
  await refuseReplaced(storage, documents, outputs, { template, to });
  const digest = createHash('sha256');
  const name = (document: PlannedDocument, index: number): PlannedDocument => {
    const path = paths[index];
    const named = path === document.path ? document : { ...document, path, listedPath: listedPathOf(document) };
    digest.update(toLines([named]));
    return named;
  };
  const named = inPages(await inTurns(mapped(documents, name)));
  const all = digest.digest('hex');
  return [{ documents: [], leftOut, listedAt }, ...named].map((page, index) => ({
    ...page,
    last: `${index * PAGE}/${all}`,
  }));
}

function inPages(documents: readonly PlannedDocument[]): DocumentPage[] {
  const pages = Math.ceil(documents.length / PAGE);
  return Array.from({ length: pages }, (_, n) => ({
    documents: documents.slice(n * PAGE, (n + 1) * PAGE),
    leftOut: [],
  }));
}

/** Runs work in steps and returns its result. Between the steps, other work of the worker may run, such as heartbeats. */
async function inTurns<T>(steps: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await setImmediate();
  }
}

/** The documents that are not `ok` in an earlier manifest. */
async function* failedDocuments(
  storage: RecordsPort,
  location: string,
  signal: AbortSignal,
): AsyncGenerator<DocumentPage> {
  const { records, manifest, plan } = await readEarlierBatch(storage, location, 'retryFailed', signal);
  if (!plan) throw invalidInput(`Option retryFailed names ${shownRef(location)}, but its plan is gone.`);
  const listedAt = plan.batch?.listedAt ?? manifest.startedAt;
  const failed: PlannedDocument[][] = [];
  await forEachPart(manifest.parts.count, signal, async (part) => {
    const [documents, lines] = await Promise.all([
      records.plannedDocuments(idOfPart(plan, part), part),
      records.lines(part),
    ]);
    const whole = records.requireLines(part, lines, documents.length);
    failed[part - 1] = documents.filter((_, index) => whole[index]?.status !== 'ok');
  });
  for (const page of inPages(failed.flat())) yield { ...page, listedAt };
}
