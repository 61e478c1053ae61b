import { isUtf8 } from 'node:buffer';
import type { AnswerHead, BodySink } from './answer';
import { wholeBody } from './json';

/** Largest body of an answer without a success status, in bytes. The body is read only for the reason it gives. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Collects the body of an answer without a success status: JSON or plain text. Undefined for anything else, such as an HTML page. */
export function errorBody(head: AnswerHead): BodySink<unknown> {
  return wholeBody(head, ERROR_BODY_BYTES, (body) => {
    const text = readText(body).trim();
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return isPlain(head, text) ? text : undefined;
    }
  });
}

/** Reads the body as UTF-8 or, if it is not UTF-8, as Latin-1. Latin-1 with control characters is not text and yields an empty string. */
function readText(body: Buffer): string {
  if (isUtf8(body)) return body.toString('utf8');
  const text = body.toString('latin1');
  return /[\0-\x08\x0e-\x1f\x7f-\x9f]/.test(text) ? '' : text;
}

/** Whether a text is neither empty, nor a proxy's HTML or XML page, nor broken JSON. */
function isPlain({ headers }: AnswerHead, text: string): boolean {
  const type = String(headers['content-type'] ?? '');
  const isBrokenJson = /^\{|^\[\s*["{[]/.test(text) || (/json/i.test(type) && text.startsWith('"'));
  return text !== '' && !text.startsWith('<') && !isBrokenJson && !/\b(html|xml)\b/i.test(type);
}
