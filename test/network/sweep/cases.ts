/** What a server may do with an answer and its connection, times what moves it, times how it is reached. */

/** Who reads the answer: a download or an https document, an upload that it answers, a document of S3. */
export type Transfer = 'download' | 'document' | 'upload' | 's3';
export type Way = 'plain' | 'tls' | 'proxy' | 'plainProxy' | 'dispatcher' | 'tlsDispatcher' | 'renamed' | 'composed';
/** How the end of the answer is marked: by its length, its chunks, or the end of the connection alone. */
export type Framing = 'length' | 'chunks' | 'close';
/** What becomes of the connection, once all, or half, of the answer was written. */
export type Ending = 'stays' | 'ends' | 'ends early' | 'resets' | 'resets early';
/** `slow` pauses between pieces, `stopped` reads nothing for a while. An upload is slow or stopped itself, and is answered in its middle. */
export type Reader = 'fast' | 'slow' | 'stopped';

export interface Case {
  transfer: Transfer;
  way: Way;
  framing: Framing;
  connection: 'keep-alive' | 'close';
  ending: Ending;
  reader: Reader;
  bytes: number;
}

export const WAYS: readonly Way[] = [
  'plain',
  'tls',
  'proxy',
  'plainProxy',
  'dispatcher',
  'tlsDispatcher',
  'renamed',
  'composed',
];
export const READERS: readonly Reader[] = ['fast', 'slow', 'stopped'];
export const SIZES = [1_000, 30_000, 300_000, 5_000_000];

const ENDINGS: readonly [Case['connection'], Ending][] = [
  ['keep-alive', 'stays'],
  ['keep-alive', 'ends early'],
  ['keep-alive', 'resets'],
  ['keep-alive', 'resets early'],
  ['close', 'ends'],
  ['close', 'ends early'],
  ['close', 'resets'],
  ['close', 'resets early'],
];

/** Plain http of documents goes through no proxy; the client of S3 has ways of its own. */
const TRANSFERS: Record<Way, readonly Transfer[]> = {
  plain: ['download', 'document', 'upload', 's3'],
  tls: ['download', 'document', 'upload', 's3'],
  proxy: ['download', 'document', 'upload'],
  plainProxy: ['download', 'upload'],
  dispatcher: ['download', 'document', 'upload'],
  tlsDispatcher: ['download', 'document', 'upload'],
  renamed: ['download', 'document', 'upload'],
  composed: ['download', 'document', 'upload'],
};

export function casesOf({ readers = READERS, sizes = SIZES } = {}): Case[] {
  return WAYS.flatMap((way) =>
    TRANSFERS[way].flatMap((transfer) =>
      (['length', 'chunks', 'close'] as const).flatMap((framing) =>
        ENDINGS.filter(([connection]) => framing !== 'close' || connection === 'close').flatMap(
          ([connection, ending]) =>
            readers.flatMap((reader) =>
              sizes.map((bytes) => ({ transfer, way, framing, connection, ending, reader, bytes })),
            ),
        ),
      ),
    ),
  );
}

/** What may come of it. A failure is a typed one; nothing else is allowed. */
export function expectedOf({ transfer, way, framing, ending }: Case): readonly ('whole' | 'failed')[] {
  if (transfer === 'document' && framing === 'close') return ['failed'];
  if (transfer === 's3' && framing !== 'length') return ['failed'];
  if (ending === 'stays' || ending === 'ends') return ['whole'];
  // What was cut may be asked for again.
  const isTriedAgain = way === 'composed' && transfer !== 'upload';
  return ending === 'resets' || isTriedAgain ? ['whole', 'failed'] : ['failed'];
}

export function nameOf(one: Case): string {
  const { transfer, way, framing, connection, ending, reader, bytes } = one;
  return `${transfer}, ${way}, end by ${framing}, ${connection}, ${ending}, ${reader} reader, ${bytes} bytes`;
}

/** By this in its address or body the server knows a request's case. */
export const markOf = (index: number): string => `case-${index}-`;

export const JOB_ID = '2f1c9d1e-7e8d-4c7b-9f51-0a5d3c1b2e4f';

/** What is sent: JSON that ends at its last byte alone, a job where it answers an upload. */
export function bodyOf({ bytes }: Case): Buffer {
  const job = JSON.stringify({
    id: JOB_ID,
    status: 'SCHEDULED',
    created_at: '2025-09-10T21:34:39Z',
    workflow_id: null,
  });
  const [before, after] = [`${job.slice(0, -1)},"input":"`, '"}'];
  return Buffer.from(before + 'x'.repeat(bytes - before.length - after.length) + after);
}
