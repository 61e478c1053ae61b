import type { AnswerHead, BodyRules, BodySink } from './answer';
import { decodeBody, isEncoded, tooLarge } from './decode';
import { HttpError } from './http-error';

/** Collects a body and reads it as JSON. */
export function jsonBody<T>(head: AnswerHead, { maxBytes }: BodyRules, read: (json: unknown) => T): BodySink<T> {
  return wholeBody(head, maxBytes, (body) => read(parseJson(head, body)));
}

/** Collects a body. `maxBytes` limits it both as sent and as decoded. */
export function wholeBody<T>(head: AnswerHead, maxBytes: number, read: (body: Buffer) => T): BodySink<T> {
  const chunks: Buffer[] = [];
  let size = 0;
  if (Number(head.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  return {
    write(chunk) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    },
    end() {
      const body = Buffer.concat(chunks, size);
      if (!isEncoded(head)) return read(body);
      return decodeBody(head, body, maxBytes).then(read);
    },
  };
}

/** Parses a body. The error never contains bytes of the body. */
function parseJson(head: AnswerHead, body: Buffer): unknown {
  if (body.length === 0) throw new HttpError('response', `the answer ${head.status} has no body`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown; // without a byte order mark
  } catch {
    // Reported below, without the parser's message, which quotes the text.
  }
  throw new HttpError('response', `the answer ${head.status} is not valid JSON${mediaType(head)}`);
}

function mediaType({ headers }: AnswerHead): string {
  const type = /^[a-z]{1,40}\/[a-z0-9.+-]{1,60}/i.exec(String(headers['content-type'] ?? ''))?.[0];
  return type === undefined ? '' : ` but ${type}`;
}
