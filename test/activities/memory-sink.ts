import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { UnstructuredStorageError } from '../../src/core/storage-error';
import type { OutputSink, OutputTarget, StoredOutput } from '../../src/storage/sink';

/** A sink that notes what it is asked, and refuses outputs of a file id for good. */
export class MemorySink implements OutputSink {
  readonly finds: { fileId: string; isThere: boolean }[] = [];
  readonly stored = new Map<string, StoredOutput>();
  readonly #refused: string | undefined;

  constructor(refused?: string) {
    this.#refused = refused;
  }

  find({ name, source }: OutputTarget): Promise<StoredOutput | undefined> {
    this.finds.push({ fileId: source?.fileId ?? '', isThere: this.stored.has(name) });
    return Promise.resolve(this.stored.get(name));
  }

  async store({ to, name, source }: OutputTarget, body: AsyncIterable<Uint8Array>): Promise<StoredOutput> {
    if (source && source.fileId === this.#refused)
      throw new UnstructuredStorageError('no such name here', { kind: 'lasting' });
    const bytes = await buffer(body);
    const output = {
      location: `${to}/${name}`,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
    this.stored.set(name, output);
    return output;
  }
}
