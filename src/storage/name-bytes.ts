import { isUtf8 } from 'node:buffer';

/*
 * File names are bytes. Here they are held as texts with one character for each byte, so that comparing them compares their bytes. In the form that
 * people read, a byte that is not UTF-8 becomes an unpaired surrogate, U+DC80 to U+DCFF, as in Python. No valid name contains one.
 */

const MOST_BYTES_OF_LETTER = 4;

/** Converts the bytes of a name to the form that people read. */
export function textOfBytes(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  if (isUtf8(buffer)) return buffer.toString();
  let text = '';
  for (let at = 0; at < buffer.length;) {
    const length = letterLength(buffer, at);
    text += length > 0 ? buffer.toString('utf8', at, at + length) : String.fromCharCode(0xdc00 + (buffer[at] ?? 0));
    at += Math.max(1, length);
  }
  return text;
}

/** Converts a name in the form that people read to its bytes. */
export function bytesOfText(text: string): string {
  if (isAscii(text)) return text;
  const pieces = text.split(/([\udc80-\udcff])/u);
  return pieces
    .map((piece, index) =>
      index % 2 === 0 ? Buffer.from(piece).toString('latin1') : String.fromCharCode(piece.charCodeAt(0) - 0xdc00),
    )
    .join('');
}

/** Whether all of a name's bytes are UTF-8. */
export function isGoodText(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text);
}

function letterLength(buffer: Buffer, at: number): number {
  for (let length = 1; length <= MOST_BYTES_OF_LETTER && at + length <= buffer.length; length++)
    if (isUtf8(buffer.subarray(at, at + length))) return length;
  return 0;
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
