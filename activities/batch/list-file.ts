import { parseLines } from '../../src/core/batch/records';
import type { DocumentInput } from '../../src/core/document';
import { errorMessage } from '../../src/core/error-shape';
import { invalidInput } from '../../src/core/errors';
import { shownRef } from '../../src/core/reference';
import { checkDocuments } from '../../src/core/run/check-input';
import type { Storage } from '../../src/storage/storage';

type ListPort = Pick<Storage, 'openDocument'>;

/** Largest list of documents, in bytes. */
const MAX_LIST_BYTES = 1_024 * 1_024 * 1_024;

/** Number of lines in a page of a list, and its largest size in characters. */
const PAGE = 1_000;
const MAX_PAGE = 64 * 1_024 * 1_024;

/** Reads documents from a file of JSON Lines, page by page. @throws UnstructuredValidationError if it is not such a file */
export async function* readListFile(
  storage: ListPort,
  list: string,
  signal: AbortSignal,
  maxBytes = MAX_LIST_BYTES,
): AsyncGenerator<DocumentInput[]> {
  let line = 0;
  const take = (text: string): DocumentInput[] => {
    const documents = checkedEntries(text, list, line);
    line += countLines(text);
    return documents;
  };
  for await (const page of pagesOf(readText(storage, list, signal, maxBytes), list)) yield take(page);
}

/** Splits pieces of text into pages of whole lines. Each piece is scanned once, because a long line may span many pieces. */
async function* pagesOf(texts: AsyncIterable<string>, list: string): AsyncGenerator<string> {
  let open: string[] = [];
  let lines = 0;
  let length = 0;
  for await (const text of texts) {
    let at = 0;
    for (let end = behindLine(text, at, PAGE - lines); end > 0; end = behindLine(text, at, PAGE)) {
      yield [...open, text.slice(at, end)].join('');
      [open, lines, length, at] = [[], 0, 0, end];
    }
    const left = text.slice(at);
    open.push(left);
    lines += countLines(left);
    length += left.length;
    if (length > MAX_PAGE) throw noList(list, `its next ${PAGE} lines are longer than ${MAX_PAGE} characters`);
  }
  const last = open.join('');
  if (last.trim() !== '') yield last;
}

/** Index after the given number of lines, counted from a position; 0 if there are fewer lines. */
function behindLine(text: string, from: number, count: number): number {
  let at = from;
  for (let line = 0; line < count; line++) {
    at = text.indexOf('\n', at) + 1;
    if (at === 0) return 0;
  }
  return at;
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

async function* readText(
  storage: ListPort,
  list: string,
  signal: AbortSignal,
  maxBytes: number,
): AsyncGenerator<string> {
  const document = await storage.openDocument(list, { signal, maxBytes });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw noList(list, 'it is not UTF-8 text');
    }
  };
  try {
    let read = 0; // counted here, because the size of a compressed list is unknown
    for await (const bytes of document.stream()) {
      read += bytes.length;
      if (read > maxBytes) throw noList(list, `it is longer than ${maxBytes} bytes`);
      yield decode(bytes);
    }
    yield decode();
  } finally {
    await document.close?.();
  }
}

function noList(list: string, why: string): Error {
  return invalidInput(`Option documents.list names ${shownRef(list)}, which is not a list of documents: ${why}.`);
}

function checkedEntries(text: string, list: string, line: number): DocumentInput[] {
  try {
    const entries = parseLines(text).map((entry) => (typeof entry === 'string' ? { ref: entry } : entry));
    return checkDocuments(entries as DocumentInput[], Infinity);
  } catch (error) {
    throw noList(list, `${line === 0 ? '' : `after line ${line}, `}${errorMessage(error).replace(/\.$/, '')}`);
  }
}
