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

/**
 * Header values that change nothing, in addition to charsets, which are in the wrong header. `aws-chunked` describes how an upload was sent,
 * `null` is a value that is missing, and the last three are encodings of e-mail.
 */
const NO_OPS: readonly string[] = [
  '',
  'identity',
  'none',
  'aws-chunked',
  'null',
  'undefined',
  'binary',
  '8bit',
  '7bit',
];

/** Most codings of one body. No server applies more by mistake. */
const MOST_CODINGS = 4;

/** Value of `Accept-Encoding`: the codings that {@link createDecoder} decodes. */
export const ACCEPTED_CODINGS = ['gzip', 'br', 'deflate', ...(createZstdDecompress ? ['zstd'] : [])].join(', ');

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Thrown for an unknown `Content-Encoding` or `Transfer-Encoding`. */
class UnknownContentCodingError extends Error {
  override readonly name = 'UnknownContentCodingError';

  /** @param value The whole value of the header */
  constructor(header: string, value: string) {
    super(`the header ${header} is ${shown(value)}, which is not known here`);
  }
}

/**
 * The codings of a body, in the order in which they were applied. Values that change nothing are left out.
 * @param header Value of `Content-Encoding`; several values are joined to one list
 * @throws UnknownContentCodingError
 */
export function readContentCodings(header: Headers[string]): ContentCoding[] {
  return readCodings('Content-Encoding', listed(header));
}

/**
 * The codings of an answer's body, in the order in which they were applied: those of its content, then those of its transfer. `chunked` is left
 * out, because it is already decoded.
 * @throws UnknownContentCodingError
 */
export function readBodyCodings(headers: Headers): ContentCoding[] {
  const transfer = listed(headers['transfer-encoding']).replace(/(^|,)\s*chunked\s*$/i, '');
  return [...readContentCodings(headers['content-encoding']), ...readCodings('Transfer-Encoding', transfer)];
}

function listed(header: Headers[string]): string {
  return [header ?? []].flat().join(', ');
}

function readCodings(header: string, value: string): ContentCoding[] {
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  const codings = names.flatMap((name) => {
    const coding = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (coding === undefined ? isNoOp(name) : DECODERS[coding]) return coding ?? [];
    throw new UnknownContentCodingError(header, value);
  });
  if (codings.length > MOST_CODINGS) throw new UnknownContentCodingError(header, value);
  return codings;
}

function isNoOp(name: string): boolean {
  return NO_OPS.includes(name) || isCharset(name);
}

function isCharset(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
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
