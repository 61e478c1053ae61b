import { Duplex, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { type CreateDecoder, Decoder } from './decoder';

/** A coding of a body that can be decoded. */
export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** undefined before Node 22.15, which added it. */
const createZstdDecompress = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;

const DECODERS: Readonly<Partial<Record<ContentCoding, CreateDecoder>>> = {
  gzip: () => zlib.createGunzip(),
  // Servers send two formats under this name: a zlib stream, whose first byte names method 8, or raw deflate data.
  deflate: (first) => ((first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()),
  br: () => zlib.createBrotliDecompress(),
  ...(createZstdDecompress && { zstd: () => createZstdDecompress() }),
};

const NAMES: Readonly<Record<string, ContentCoding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};

/** Header values that change nothing: `aws-chunked` describes how an upload was sent, and `utf-8` is a charset in the wrong header. */
const NO_OPS: readonly string[] = ['', 'identity', 'none', 'aws-chunked', 'utf-8', 'utf8'];

/** Most codings of one body. No server applies more by mistake. */
const MOST_CODINGS = 4;

/** Value of `Accept-Encoding`: the codings that {@link createDecoder} decodes. */
export const ACCEPTED_CODINGS = ['gzip', 'br', 'deflate', ...(createZstdDecompress ? ['zstd'] : [])].join(', ');

/** Thrown for an unknown `Content-Encoding`. */
class UnknownContentCodingError extends Error {
  override readonly name = 'UnknownContentCodingError';

  /** @param header The whole value of the header */
  constructor(header: string) {
    super(`the header Content-Encoding is ${shown(header)}, which is not known here`);
  }
}

/**
 * The codings of a body, in the order in which they were applied. Values that change nothing are left out.
 * @param header Value of `Content-Encoding`; several values are joined to one list
 * @throws UnknownContentCodingError
 */
export function readContentCodings(header: string | readonly string[] | undefined): ContentCoding[] {
  const value = [header ?? []].flat().join(', ');
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  const codings = names.filter((name) => !NO_OPS.includes(name)).map((name) => parseCoding(name, value));
  if (codings.length > MOST_CODINGS) throw new UnknownContentCodingError(value);
  return codings;
}

function parseCoding(name: string, header: string): ContentCoding {
  const coding = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (coding === undefined || !DECODERS[coding]) throw new UnknownContentCodingError(header);
  return coding;
}

/** Creates a stream that decodes the codings, the last one first, as fast as its reader reads. It fails if the data is broken or truncated. */
export function createDecoder(codings: readonly ContentCoding[]): Duplex {
  const known = codings.map((coding) => DECODERS[coding]).reverse();
  const [first, ...others] = known.flatMap((create) => (create ? [new Decoder(create)] : []));
  if (!first) throw new RangeError('A decoder needs at least one coding');
  return others.length === 0 ? first : chained(first, others);
}

/** Combines several streams, each of which feeds the next, into one. */
function chained(first: Transform, others: readonly Transform[]): Duplex {
  const all = [first, ...others];
  const last = all.at(-1) ?? first;
  const chain = new Duplex({
    write(chunk, encoding, done) {
      first.write(chunk, encoding, done);
    },
    final(done) {
      first.end(done);
    },
    read: () => last.resume(),
    destroy(error, done) {
      for (const decoder of all) decoder.destroy();
      done(error);
    },
  });
  all.reduce((from, to) => from.pipe(to));
  for (const decoder of all) decoder.on('error', (error) => chain.destroy(error));
  last.on('data', (chunk) => {
    if (!chain.push(chunk)) last.pause();
  });
  last.on('end', () => chain.push(null));
  last.pause();
  return chain;
}

/** A value from outside, as an error may show it: either whole, so that redaction recognizes a secret in it, or not at all. */
function shown(header: string): string {
  return /^[ -~]{1,60}$/.test(header) ? JSON.stringify(header) : `a value of ${header.length} characters`;
}
