import { inBytes } from '../core/bytes';
import { isDocumentRefused, UnstructuredDocumentRefusedError } from '../core/document';
import { invalidInput } from '../core/errors';
import { reasonToLeaveOut } from '../core/listing';
import { type DocumentDescription, readScheme, shownRef } from '../core/reference';
import { UnstructuredStorageError } from '../core/storage-error';
import { show } from '../core/values';
import type { NetworkOptions } from '../network/options';
import { describeDocument } from './describe';
import { FileSink } from './file-sink';
import { FileSource } from './file-source';
import { readGlobs } from './globs';
import { HttpSource } from './http-source';
import { type ListedDocuments, type ListOptions, tellApart } from './listing';
import { checkStorageOptions, type StorageOptions } from './options';
import { placeBelow } from './output-place';
import { firstReplaced, pathsBelow } from './overlap';
import { requireRead, readRecord, type ReadRecordOptions, writeRecord } from './records';
import type { OutputSink, StoredOutput } from './sink';
import type { DocumentSource, OpenDocument } from './source';

export interface OpenOptions {
  signal: AbortSignal;
  /** Largest document, in bytes. */
  maxBytes: number;
}

/** The sources and sinks of a worker. */
export class Storage {
  readonly #sources: ReadonlyMap<string, DocumentSource>;
  readonly #sinks: ReadonlyMap<string, OutputSink>;
  readonly #http: HttpSource;

  /**
   * @param network How `https:` references leave this process
   * @throws UnstructuredValidationError naming the option and the value
   */
  constructor(options: StorageOptions = {}, network: NetworkOptions = {}) {
    const { documents, outputs } = checkStorageOptions(options);
    this.#http = new HttpSource(documents.origins, documents.privateAddresses, network);
    this.#sources = new Map<string, DocumentSource>([
      ...Object.entries(documents.sources),
      ['file', new FileSource(documents.folders)],
      ['http', this.#http],
      ['https', this.#http],
    ]);
    this.#sinks = new Map<string, OutputSink>([
      ...Object.entries(outputs.sinks),
      ['file', new FileSink(outputs.folders)],
    ]);
  }

  /**
   * Opens a document up to a given size, without reading it.
   * @throws UnstructuredDocumentRefusedError; any other error of the source
   */
  async openDocument(ref: string, { signal, maxBytes }: OpenOptions): Promise<OpenDocument> {
    const scheme = readScheme(ref);
    const source = this.#sources.get(scheme ?? '');
    const { shown } = this.describe(ref);
    if (!source)
      throw new UnstructuredDocumentRefusedError(
        ref,
        scheme === undefined ? 'malformed' : 'schemeNotAllowed',
        `this worker reads ${[...this.#sources.keys()].map((name) => `${name}:`).join(', ')} references`,
        { shown },
      );
    const document = await source.open(ref, { signal }).catch((error: unknown) => {
      throw isDocumentRefused(error) ? withShown(error, ref, shown) : error;
    });
    const refuse = (why: string) => new UnstructuredDocumentRefusedError(ref, 'notReadable', why, { shown });
    const refusal = sizeRefusal(document.bytes, maxBytes);
    if (!refusal)
      return {
        bytes: document.bytes,
        contentType: document.contentType,
        stream: () => inBytes(document.stream(), refuse),
        close: async () => document.close?.(),
      };
    await document.close?.();
    throw new UnstructuredDocumentRefusedError(ref, ...refusal, { shown });
  }

  /** Returns the description of a reference by its source. Never fails: if the source fails, the defaults of the scheme apply. */
  describe(ref: string): Required<DocumentDescription> {
    try {
      return describeDocument(ref, this.#sources.get(readScheme(ref) ?? ''));
    } catch {
      return describeDocument(ref);
    }
  }

  /**
   * Lists a folder or prefix, page by page, and separates the documents from the entries that are left out.
   * @throws UnstructuredValidationError at once, naming the option and the value
   * @throws UnstructuredStorageError while it lists
   */
  listDocuments(from: string, { match, after, maxBytes, signal }: ListOptions): AsyncGenerator<ListedDocuments> {
    const rules = { ...readGlobs('documents.match', match), maxBytes };
    const source = this.#sources.get(readScheme(from) ?? '');
    const pages = source?.list?.(from, { after, signal });
    if (pages) return tellApart(pages, rules);
    const lists = [...this.#sources].flatMap(([name, { list }]) => (list ? [`${name}:`] : []));
    throw invalidInput(
      `Option documents.from must be a folder or prefix that this worker can list (${lists.join(', ')}); got ${show(shownRef(from))}. Name its documents one by one instead: documents: [{ ref }].`,
    );
  }

  /** The first of these documents that one of the outputs below `to` would replace; undefined if there is none. */
  firstReplaced(refs: readonly string[], to: string, outputs: readonly string[]): Promise<string | undefined> {
    return firstReplaced(refs, to, outputs);
  }

  /**
   * Returns a function that decides, by the path of an output below `to`, whether the next listing of `from` would list the output as a document. The
   * result is undefined if it would list none. The function returns undefined if it would list nothing in the folder of this output.
   * @throws UnstructuredValidationError naming the option and the value
   */
  async listsOutputs(
    from: string,
    to: string,
    match: string | readonly string[] | undefined,
  ): Promise<((output: string) => Promise<boolean | undefined>) | undefined> {
    const rules = { ...readGlobs('documents.match', match), maxBytes: Infinity };
    const pathBelow = await pathsBelow(from, to);
    if (!pathBelow) return undefined;
    return async (output) => {
      const path = await pathBelow(output);
      return path === undefined ? undefined : reasonToLeaveOut({ ref: from, path }, rules) === undefined;
    };
  }

  /** @throws UnstructuredStorageError if there is no sink for the target's scheme */
  sinkFor(to: string): OutputSink {
    const sink = this.#sinks.get(readScheme(to) ?? '');
    if (sink) return sink;
    const known = [...this.#sinks.keys()].map((name) => `${name}:`).join(', ');
    throw new UnstructuredStorageError(`No sink for ${shownRef(to)}: this worker writes to ${known} targets`, {
      kind: 'lasting',
    });
  }

  /** @throws UnstructuredStorageError if there is no sink for a target, or its configuration does not allow it */
  async checkTarget(to: string): Promise<void> {
    await this.sinkFor(to).check?.(to);
  }

  /** Whether an output under a path below a target has a name that the target's storage can hold. */
  canStore(to: string, path: string): boolean {
    return this.sinkFor(to).canStore?.(placeBelow(to, path)) ?? true;
  }

  /**
   * Checks whether records can be kept under a target: the configuration allows it, and its sink has `read`.
   * @throws UnstructuredStorageError
   */
  async checkRecords(to: string): Promise<void> {
    requireRead(this.sinkFor(to), to);
    await this.checkTarget(to);
  }

  /**
   * Reads the record under a path below a target; undefined if there is none.
   * @throws UnstructuredStorageError, of the kind `lasting` if it is too large
   */
  async readRecord(to: string, path: string, options: ReadRecordOptions): Promise<Uint8Array | undefined> {
    return readRecord(this.sinkFor(to), placeBelow(to, path), options);
  }

  /**
   * Stores a record under a path below a target and replaces the one before. Once the promise resolves, the record is stored completely.
   * @throws UnstructuredStorageError
   */
  async writeRecord(to: string, path: string, text: string, options: { signal: AbortSignal }): Promise<StoredOutput> {
    return writeRecord(this.sinkFor(to), placeBelow(to, path), text, options);
  }

  /** Closes the connections. Later use opens new ones. */
  close(): Promise<void> {
    return this.#http.close();
  }
}

function sizeRefusal(bytes: number | undefined, maxBytes: number): ['empty' | 'tooLarge', string] | undefined {
  if (bytes === 0) return ['empty', 'it is empty'];
  if (bytes !== undefined && bytes > maxBytes)
    return ['tooLarge', `it has ${bytes} bytes, more than maxDocumentBytes (${maxBytes})`];
  return undefined;
}

/** The same error, with the reference as its source shows it. */
function withShown(error: UnstructuredDocumentRefusedError, ref: string, shown: string): Error {
  const { details, why, cause } = error;
  return new UnstructuredDocumentRefusedError(ref, details.reason, why, { ...details, shown, cause });
}
