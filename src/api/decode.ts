import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import type { AnswerHead } from './exchange';
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

/** Whether a body has to go through {@link decodeBody}. */
export function isEncoded({ headers }: AnswerHead): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding !== '' && encoding !== 'identity';
}

/** Undoes the `Content-Encoding`; stops as soon as more than `maxBytes` come out. */
export async function decodeBody({ headers }: AnswerHead, body: Buffer, maxBytes: number): Promise<Buffer> {
  const encoding = String(headers['content-encoding']).trim().toLowerCase();
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (!decoder) throw new Problem('response', 'the answer has a content encoding that was not asked for');
  try {
    return await decoder(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new Problem('response', `the answer's ${encoding} data is broken`);
  }
}

export function tooLarge(maxBytes: number): Problem {
  return new Problem('response', `the answer is larger than ${maxBytes} bytes`);
}
