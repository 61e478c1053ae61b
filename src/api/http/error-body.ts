import { isUtf8 } from 'node:buffer';
import type { AnswerHead, BodySink } from './answer';
import { wholeBody } from './json';

/** Largest body of an answer that is no success, in bytes; it is read for what it says alone. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Collects what an answer that is no success says: JSON, or a plain text. Undefined where it says nothing that a person would read. */
export function errorBody(head: AnswerHead): BodySink<unknown> {
  return wholeBody(head, ERROR_BODY_BYTES, (body) => {
    const text = isUtf8(body) ? body.toString('utf8').trim() : '';
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return isPlain(head, text) ? text : undefined;
    }
  });
}

/** No page of a proxy, and no JSON that broke off. */
function isPlain({ headers }: AnswerHead, text: string): boolean {
  return text !== '' && !/^[<{["]/.test(text) && !/\b(html|xml)\b/i.test(String(headers['content-type'] ?? ''));
}
