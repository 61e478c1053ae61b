import { createHash } from 'node:crypto';
import { inBytes } from '../core/bytes';
import { readScheme, shownRef } from '../core/reference';
import { UnstructuredStorageError } from '../core/storage-error';
import type { OutputSink, OutputTarget, StoredOutput } from './sink';

/** The place of a record: the folder or prefix, and the file name. */
type RecordPlace = Pick<OutputTarget, 'to' | 'name'>;

export interface ReadRecordOptions {
  signal: AbortSignal;
  /** Largest record, in bytes. */
  maxBytes: number;
}

/** How often a record is written if others write it at the same time. */
const MOST_TRIES = 3;

/** The function with which a sink reads what it stored. @throws UnstructuredStorageError if the sink has none */
export function requireRead(sink: OutputSink, to: string): NonNullable<OutputSink['read']> {
  if (sink.read) return sink.read.bind(sink);
  throw new UnstructuredStorageError(
    `Target ${shownRef(to)} can't be used by a batch: it keeps its plan and manifest beside the outputs, and the sink for ${readScheme(to)}: has no read function to get them back`,
    { kind: 'lasting' },
  );
}

/** Reads the record with a name; undefined if there is none. @throws UnstructuredStorageError */
export async function readRecord(
  sink: OutputSink,
  place: RecordPlace,
  { signal, maxBytes }: ReadRecordOptions,
): Promise<Uint8Array | undefined> {
  const body = await requireRead(sink, place.to)(place, { signal });
  if (!body) return undefined;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const refuse = (why: string) =>
    new UnstructuredStorageError(`${describeRecord(place)} can't be read: ${why}`, { kind: 'lasting' });
  for await (const piece of inBytes(body, refuse)) {
    bytes += piece.length;
    if (bytes > maxBytes)
      throw new UnstructuredStorageError(`${describeRecord(place)} is larger than ${maxBytes} bytes`, {
        kind: 'lasting',
      });
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes);
}

/**
 * Stores a record. A sink may return what another writer stored at the same moment. The record is then stored again.
 * @throws UnstructuredStorageError
 */
export async function writeRecord(
  sink: OutputSink,
  place: RecordPlace,
  record: string,
  { signal }: { signal: AbortSignal },
): Promise<StoredOutput> {
  const bytes = Buffer.from(record);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const target = { ...place, contentType: contentTypeOf(place.name), source: null };
  requireRead(sink, place.to);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const stored = await sink.store(target, once(bytes), { signal });
    if (stored.sha256.toLowerCase() === sha256) return stored;
  }
  throw new UnstructuredStorageError(`${describeRecord(place)} is stored by others at the same time`, {
    kind: 'passing',
  });
}

function contentTypeOf(name: string): string {
  return name.endsWith('.jsonl') ? 'application/jsonl' : 'application/json';
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function describeRecord({ to, name }: RecordPlace): string {
  return `Record ${name} of ${shownRef(to)}`;
}
