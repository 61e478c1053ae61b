import { Problem } from './problem';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Watches a JSON text go by and tells whether it ended: begun as an array or an object, closed as often as opened, nothing behind. Holds no
 * text, so it fits outputs of any size. It does not parse: what is between the brackets is the service's word.
 */
export class JsonEnd {
  #depth = 0;
  #isBegun = false;
  #isInString = false;
  /** Whether the next byte of the string is escaped. */
  #isEscaped = false;

  /** @throws Problem where the text is no JSON array or object, or goes on behind its end */
  write(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length;) i = this.#isInString ? this.#skipString(chunk, i) : this.#step(chunk, i);
  }

  /** @throws Problem where the text is not over */
  end(): void {
    if (!this.#isBegun) throw new Problem('response', 'the output is empty');
    if (this.#depth > 0 || this.#isInString)
      throw new Problem('response', 'the output is cut off: its JSON is not over');
  }

  #step(chunk: Uint8Array, i: number): number {
    const byte = chunk[i] ?? 0;
    const opens = byte === 0x5b || byte === 0x7b;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return i + 1;
    if (this.#depth === 0 && (this.#isBegun || !opens))
      throw new Problem(
        'response',
        this.#isBegun ? 'the output goes on behind its JSON' : 'the output is no JSON array or object',
      );
    this.#isBegun = true;
    if (opens) this.#depth++;
    else if (byte === 0x5d || byte === 0x7d) this.#depth--;
    else if (byte === QUOTE) this.#isInString = true;
    return i + 1;
  }

  /** To behind the closing quote, or to the end of the chunk. */
  #skipString(chunk: Uint8Array, from: number): number {
    const start = this.#isEscaped ? from + 1 : from;
    this.#isEscaped = false;
    for (let at = start; ;) {
      const quote = chunk.indexOf(QUOTE, at);
      const until = quote < 0 ? chunk.length : quote;
      const isEscaped = backslashesBefore(chunk, until, start) % 2 === 1;
      if (quote < 0) {
        this.#isEscaped = isEscaped;
        return chunk.length;
      }
      if (!isEscaped) {
        this.#isInString = false;
        return quote + 1;
      }
      at = quote + 1;
    }
  }
}

function backslashesBefore(chunk: Uint8Array, end: number, start: number): number {
  let at = end;
  while (at > start && chunk[at - 1] === BACKSLASH) at--;
  return end - at;
}
