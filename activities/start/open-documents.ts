import { setTimeout } from 'node:timers/promises';
import { typedError, UnstructuredDocumentRefusedError } from '../../src/core/document';
import type { RefusedDocument } from '../../src/core/refusal';
import type { UnstructuredApiError } from '../../src/core/errors';
import type { StartRequest } from '../../src/core/start/request';
import { openStream } from '../../src/storage/open-stream';
import type { OpenDocument } from '../../src/storage/source';
import type { Storage } from '../../src/storage/storage';
import { LONGEST_OPEN_MS, openWithin } from './documents';
import { documentsRefused } from './failure';
import {
  isOfAnyDocument,
  isOfUnknownHost,
  isWrongSetup,
  unavailableDocument,
  refusalReason,
  toRefusedDocument,
} from './unreadable';

/** How often one attempt tries a document that may become readable in a moment. */
const TRIES = 3;

/** Pause before the next try, times the tries so far. */
const PAUSE_MS = 500;

/** Outcome of opening the documents of a start, by index. */
interface OpenedDocuments {
  /** Each document with its first bytes; null if it was refused. */
  found: (OpenDocument | null)[];
  refused: RefusedDocument[];
}

/**
 * Opens all documents and holds the first bytes of each, so that the errors of all documents are reported together before anything is sent.
 *
 * @param opened Receives each document as it is opened, so that it is closed even if this call fails
 * @param known Documents that are already refused. They are not opened
 * @param noteBroken Called with the documents that are unavailable for now, if others are available. If none is, called with those whose host is
 * unknown, if the API can be reached
 * @throws ApplicationFailure `UnstructuredDocumentRefusedError`, if documents are refused and not skipped, or if a storage refuses the worker's
 * credential; UnstructuredApiError with `notSent`, if a document is unavailable for now
 */
export async function openDocuments(
  storage: Pick<Storage, 'openDocument' | 'describe'>,
  {
    documents,
    maxDocumentBytes,
    onRefused = 'fail',
  }: Pick<StartRequest, 'documents' | 'maxDocumentBytes' | 'onRefused'>,
  { signal, leftMs }: { signal: AbortSignal; leftMs: () => number },
  opened: OpenDocument[],
  {
    known = [],
    noteBroken,
    reachesApi,
  }: {
    known?: readonly RefusedDocument[];
    noteBroken: (documents: RefusedDocument[]) => void;
    reachesApi: () => Promise<boolean>;
  },
): Promise<OpenedDocuments> {
  const found: OpenedDocuments['found'] = [];
  const refused: RefusedDocument[] = [];
  const closed: RefusedDocument[] = [];
  const broken: RefusedDocument[] = [];
  const ofUnknownHosts: RefusedDocument[] = [];
  let passing: UnstructuredApiError | undefined;
  for (const [index, { ref }] of documents.entries()) {
    const refusedBefore = known.find((one) => one.index === index);
    if (refusedBefore) {
      found.push(null);
      refused.push(refusedBefore);
      continue;
    }
    try {
      const tries = passing === undefined ? TRIES : 1;
      const document = await openAgain(storage, ref, { maxBytes: maxDocumentBytes, tries, signal, leftMs });
      opened.push(document);
      found.push(document);
    } catch (error) {
      signal.throwIfAborted();
      if (isWrongSetup(error)) throw error;
      found.push(null);
      const document = { index, ref, shown: storage.describe(ref).shown };
      const one = toRefusedDocument(error, document, 'notSent');
      const reason = refusalReason(error);
      if (reason) (reason === 'credentialRefused' ? closed : refused).push(one);
      else {
        passing ??= unavailableDocument(error, document, 'notSent');
        if (!isOfAnyDocument(error)) broken.push(one);
        if (isOfUnknownHost(error)) ofUnknownHosts.push(one);
      }
    }
  }
  const isNoneLeft = refused.length > 0 && refused.length === documents.length;
  if (refused.length > 0 && (onRefused === 'fail' || isNoneLeft)) throw documentsRefused(refused, documents.length);
  if (closed.length > 0) throw documentsRefused(closed, documents.length);
  if (found.some((document) => document !== null)) noteBroken(broken);
  else if (ofUnknownHosts.length > 0 && (await reachesApi())) noteBroken(ofUnknownHosts);
  if (passing !== undefined) throw passing;
  return { found, refused };
}

interface OpenOptions {
  maxBytes: number;
  tries: number;
  signal: AbortSignal;
  leftMs: () => number;
}

/** Nothing is sent yet, so an error that may pass within moments is retried. */
async function openAgain(
  storage: Pick<Storage, 'openDocument'>,
  ref: string,
  { maxBytes, tries, signal, leftMs }: OpenOptions,
): Promise<OpenDocument> {
  for (let tried = 1; ; tried++) {
    try {
      const limitMs = Math.min(LONGEST_OPEN_MS, leftMs());
      return await openWithin(limitMs, signal, (signal) => openHeld(storage, ref, maxBytes, signal));
    } catch (thrown) {
      signal.throwIfAborted();
      const error = typedError(thrown);
      const passes = !isWrongSetup(error) && !refusalReason(error);
      if (!passes || tried >= tries) throw error;
      await setTimeout(PAUSE_MS * tried, undefined, { signal });
    }
  }
}

/** @throws UnstructuredDocumentRefusedError also if the document is empty, or if its first bytes alone exceed the limit */
async function openHeld(
  storage: Pick<Storage, 'openDocument'>,
  ref: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<OpenDocument> {
  const document = await storage.openDocument(ref, { maxBytes, signal });
  try {
    const opened = await openStream(document.stream());
    if (!opened.first) throw new UnstructuredDocumentRefusedError(ref, 'empty', 'it is empty');
    if (opened.first.length > maxBytes)
      throw new UnstructuredDocumentRefusedError(ref, 'tooLarge', `it has more than maxDocumentBytes (${maxBytes})`);
    const close = async () => {
      await opened.discard();
      await document.close?.();
    };
    return { ...document, stream: () => opened.all(), close };
  } catch (error) {
    await document.close?.();
    throw error;
  }
}
