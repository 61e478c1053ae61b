// Documents of equal names that tell how far a send has come with them.
import type { EventEmitter } from 'node:events';
import type { DocumentSource, OpenDocument } from '../../../src/storage/source';

/** Where a send stands: a document is opened, the first bytes of one are read, or all bytes of one. */
export type DocumentMoment = 'opened' | 'reading' | 'read';

/** A source in memory, for references of the scheme `told:`. */
export class ToldDocuments implements DocumentSource {
  readonly #documents = new Map<string, { text: string; moments: EventEmitter }>();

  /** @param moments Is told each {@link DocumentMoment} @returns references, in the order of the texts */
  add(owner: string, texts: readonly string[], moments: EventEmitter): { ref: string }[] {
    return texts.map((text, index) => {
      const ref = `told:/${owner}/${index}/invoice.pdf`;
      this.#documents.set(ref, { text, moments });
      return { ref };
    });
  }

  open(ref: string): Promise<OpenDocument> {
    const document = this.#documents.get(ref);
    if (!document) return Promise.reject(new Error(`no document ${ref}`));
    const bytes = Buffer.from(document.text);
    const tell = (moment: DocumentMoment) => document.moments.emit(moment);
    tell('opened');
    return Promise.resolve({ bytes: bytes.length, stream: () => pieces(bytes, tell) });
  }
}

async function* pieces(bytes: Buffer, tell: (moment: DocumentMoment) => void): AsyncIterable<Uint8Array> {
  const half = Math.ceil(bytes.length / 2);
  tell('reading');
  yield bytes.subarray(0, half);
  await Promise.resolve();
  yield bytes.subarray(half);
  tell('read');
}
