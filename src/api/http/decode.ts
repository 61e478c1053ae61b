import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import {
  brotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  gunzip,
  inflate,
  inflateRaw,
} from 'node:zlib';
import type { AnswerHead } from './answer';
import { Problem } from './problem';

/** Value of `Accept-Encoding`: what {@link decodeBody} reads. */
export const ACCEPTED_ENCODINGS = 'gzip, br, deflate';

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const rawDeflate = promisify(inflateRaw) as Decoder;
const zlibDeflate = promisify(inflate) as Decoder;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // Servers send both formats under this name; a zlib stream begins with its method, 8.
  deflate: (body, options) => (((body[0] ?? 0) & 0x0f) === 8 ? zlibDeflate : rawDeflate)(body, options),
};

const STREAMS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
};

/** Undoes the `Content-Encoding` of a body as it comes. Raw deflate, which some servers send under its name, is not told apart here. */
export function createDecoder(head: AnswerHead): Transform {
  const create = ofEncoding(STREAMS, head);
  return create();
}

/** Whether a body has to be decoded. */
export function isEncoded({ headers }: AnswerHead): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding !== '' && encoding !== 'identity';
}

/** Undoes the `Content-Encoding`; stops as soon as more than `maxBytes` come out. */
export async function decodeBody(head: AnswerHead, body: Buffer, maxBytes: number): Promise<Buffer> {
  const decoder = ofEncoding(DECODERS, head);
  try {
    return await decoder(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new Problem('response', `the answer's ${encodingOf(head)} data is broken`);
  }
}

function ofEncoding<T>(table: Readonly<Record<string, T>>, head: AnswerHead): T {
  const encoding = encodingOf(head);
  const entry = Object.hasOwn(table, encoding) ? table[encoding] : undefined;
  if (entry === undefined) throw new Problem('response', 'the answer has a content encoding that was not asked for');
  return entry;
}

function encodingOf({ headers }: AnswerHead): string {
  return String(headers['content-encoding']).trim().toLowerCase();
}

export function tooLarge(maxBytes: number): Problem {
  return new Problem('response', `the answer is larger than ${maxBytes} bytes`);
}
