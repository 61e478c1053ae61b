import type { Duplex } from 'node:stream';
import { CONTENT_NOT_DECODED } from '../../core/output';
import { type ContentCoding, createDecoder as decoderOf, readBodyCodings } from '../../network/content-coding';
import type { AnswerHead } from './answer';
import { HttpError } from './http-error';

/** Creates a stream that decodes the `Content-Encoding` of a body. @throws HttpError if the encoding is unknown */
export function createDecoder(head: AnswerHead): Duplex {
  return decoderOf(readCodings(head));
}

/** Whether a body has to be decoded. @throws HttpError if the encoding is unknown */
export function isEncoded(head: AnswerHead): boolean {
  return readCodings(head).length > 0;
}

/** Decodes the `Content-Encoding`. Fails as soon as the decoded body exceeds `maxBytes`. */
export async function decodeBody(head: AnswerHead, body: Buffer, maxBytes: number): Promise<Buffer> {
  const decoder = createDecoder(head);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    decoder.end(body);
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw notDecoded(`the answer's ${readCodings(head).join(', ')} data is broken`);
  }
  return Buffer.concat(chunks, size);
}

function readCodings({ headers }: AnswerHead): ContentCoding[] {
  try {
    return readBodyCodings(headers);
  } catch (error) {
    throw notDecoded((error as Error).message);
  }
}

export function notDecoded(message: string): HttpError {
  return new HttpError('response', message, { code: CONTENT_NOT_DECODED });
}

export function tooLarge(maxBytes: number): HttpError {
  return new HttpError('response', `the answer is larger than ${maxBytes} bytes`);
}
