import { Problem } from './problem';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [COMMA, COLON] = [0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Deeper than any output, so that the memory of what is open is bounded. */
const MAX_DEPTH = 10_000;

/** What may come next outside a string. `more`: a comma, or the end of what is open. */
type Next = 'begin' | 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'more' | 'nothing';

/**
 * Watches a JSON text go by and tells whether it is whole: begun as an array or an object, each value where one belongs, closed as often and
 * by the same as opened, nothing behind. Holds no text, so it fits outputs of any size. What strings, numbers and words are made of is the
 * service's word.
 */
export class JsonEnd {
  /** What closes the innermost that is open, and, innermost last, what is around it. */
  #closer = 0;
  readonly #around: number[] = [];
  #next: Next = 'begin';
  /** Within a number, or one of the words true, false and null. */
  #isInWord = false;
  #isInString = false;
  /** Whether the next byte of the string is escaped. */
  #isEscaped = false;

  /** @throws Problem where the text is no JSON array or object, or goes on behind its end */
  write(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length;) {
      if (this.#isInString) i = this.#skipString(chunk, i);
      else if (this.#isInWord) i = this.#skipWord(chunk, i);
      else if (isSpace(chunk[i])) i++;
      else this.#step(chunk[i++] ?? 0);
    }
  }

  /** @throws Problem where the text is not over */
  end(): void {
    if (this.#next === 'begin') throw new Problem('response', 'the output is empty');
    if (this.#next !== 'nothing') throw new Problem('response', 'the output is cut off: its JSON is not over');
  }

  #step(byte: number): void {
    const next = this.#next;
    const isValue = next === 'value' || next === 'valueOrEnd';
    if ((byte === OPEN_ARRAY || byte === OPEN_OBJECT) && (isValue || next === 'begin')) this.#begin(byte);
    else if (byte === this.#closer && (next === 'more' || next === 'valueOrEnd' || next === 'keyOrEnd')) {
      this.#closer = this.#around.pop() ?? 0;
      this.#next = this.#closer ? 'more' : 'nothing';
    } else if (byte === QUOTE && (isValue || next === 'key' || next === 'keyOrEnd')) {
      this.#isInString = true;
      this.#next = isValue ? 'more' : 'colon';
    } else if (byte === COMMA && next === 'more') this.#next = this.#closer === CLOSE_ARRAY ? 'value' : 'key';
    else if (byte === COLON && next === 'colon') this.#next = 'value';
    else if (isOfWord(byte) && isValue) {
      this.#isInWord = true;
      this.#next = 'more';
    } else throw new Problem('response', PROBLEMS[next] ?? 'the output is no valid JSON');
  }

  #begin(byte: number): void {
    const isArray = byte === OPEN_ARRAY;
    if (this.#around.push(this.#closer) > MAX_DEPTH)
      throw new Problem('response', `the output is nested more than ${MAX_DEPTH} deep`);
    this.#closer = isArray ? CLOSE_ARRAY : CLOSE_OBJECT;
    this.#next = isArray ? 'valueOrEnd' : 'keyOrEnd';
  }

  /** To behind the word, or to the end of the chunk. */
  #skipWord(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && isOfWord(chunk[at] ?? 0)) at++;
    this.#isInWord = at === chunk.length;
    return at;
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

const PROBLEMS: Partial<Record<Next, string>> = {
  begin: 'the output is no JSON array or object',
  nothing: 'the output goes on behind its JSON',
};

function isSpace(byte?: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Digits, letters, and what else numbers hold. */
function isOfWord(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return isDigit || isLetter || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

function backslashesBefore(chunk: Uint8Array, end: number, start: number): number {
  let at = end;
  while (at > start && chunk[at - 1] === BACKSLASH) at--;
  return end - at;
}
