import { isUtf8 } from 'node:buffer';
import type { AnswerHead, BodySink } from './answer';
import { wholeBody } from './json';

/** Largest body of an answer that is no success, in bytes; it is read for what it says alone. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Collects what an answer that is no success says: JSON, or a plain text. Undefined where it says nothing that a person would read. */
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

/** UTF-8, or else Latin-1, if it is a text at all: it has no signs that control a device. */
function readText(body: Buffer): string {
  if (isUtf8(body)) return body.toString('utf8');
  const text = body.toString('latin1');
  return /[\0-\x08\x0e-\x1f\x7f-\x9f]/.test(text) ? '' : text;
}

/** Whether a text is neither a proxy's page nor truncated JSON. */
function isPlain({ headers }: AnswerHead, text: string): boolean {
  const type = String(headers['content-type'] ?? '');
  const isBrokenJson = /^\{|^\[\s*["{[]/.test(text) || (/json/i.test(type) && text.startsWith('"'));
  return text !== '' && !text.startsWith('<') && !isBrokenJson && !/\b(html|xml)\b/i.test(type);
}
