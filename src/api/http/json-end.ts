import { OUTPUT_NOT_JSON } from '../../core/output';
import { HttpError } from './http-error';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [COMMA, COLON] = [0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Deepest nesting that is accepted. No real output is deeper. The limit bounds the memory for open brackets. */
const MAX_DEPTH = 10_000;

/** What may come next outside a string. `more`: a comma or the closing bracket. `line`: another value on a new line, or the end. */
type Next = 'begin' | 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'more' | 'nothing' | 'line';

/** A number, `true`, `false` or `null` as a top-level value. */
const WORD = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/;
/** Longest number or word, in characters: no real output has a longer one. */
const LONGEST_WORD = 1_000;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Checks a JSON text as it streams past, and tells whether it is complete: one value, or one value a line (JSON Lines). Each value must be where a
 * value is allowed, and brackets must match. Keeps no text, so it works for outputs of any size. Does not check the contents of strings, or of
 * numbers and words inside arrays and objects: the service is trusted with these.
 *
 * An answer's framing alone does not prove that an output is complete. An answer that ends with its connection has no framing, and a gateway ends its
 * own answer properly even if the answer that it forwards broke off.
 */
export class JsonEnd {
  /** The closing byte of the innermost open bracket, 0 if none is open. `#around` holds those of the enclosing brackets, innermost last. */
  #closer = 0;
  readonly #around: number[] = [];
  #next: Next = 'begin';
  /** How many bytes of a byte order mark have been read; it has three. */
  #before = 0;
  /** Whether the text is within a number, or within true, false or null. */
  #isInWord = false;
  /** The number or word, if it is a top-level value; otherwise empty. */
  #word = '';
  #isInString = false;
  /** Whether the next byte of the string is escaped. */
  #isEscaped = false;

  /** How many top-level values there are, and whether the last one marks its own end. A number does not: more digits could follow. */
  #values = 0;
  #isClosing = false;

  /**
   * @param isFramed Whether the framing marks the end of the answer. If it does, JSON that breaks off is not an interrupted transfer. If it does not,
   * only a single array, object or string is certainly complete: lines and numbers could go on
   */
  constructor(private readonly isFramed = true) {}

  /** @throws HttpError if the text is not JSON, or goes on after its end */
  write(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length;) {
      if (this.#isInString) i = this.#skipString(chunk, i);
      else if (this.#isInWord) i = this.#skipWord(chunk, i);
      else if (this.#isMark(chunk[i])) i++;
      else if (isSpace(chunk[i])) this.#space(chunk[i++]);
      else this.#step(chunk[i++] ?? 0);
    }
  }

  /** @throws HttpError if the text is empty or incomplete */
  end(): void {
    this.#endWord();
    if (this.#next === 'begin') throw notJson('the output is empty');
    if (this.#isInString || (this.#next !== 'nothing' && this.#next !== 'line')) {
      const message = 'the output is cut off: its JSON does not end';
      throw this.isFramed ? notJson(message) : new HttpError('response', message);
    }
    if (!this.isFramed && (this.#values > 1 || !this.#isClosing))
      throw new HttpError('response', 'the output may be cut off: the answer has neither a length nor chunks');
  }

  #isMark(byte?: number): boolean {
    if (this.#next !== 'begin' || byte !== BYTE_ORDER_MARK[this.#before]) return false;
    this.#before += 1;
    return true;
  }

  #space(byte?: number): void {
    const isLineEnd = byte === 0x0a || byte === 0x0d;
    if (isLineEnd && this.#next === 'nothing') this.#next = 'line';
  }

  #step(byte: number): void {
    const next = this.#next;
    const isAlone = next === 'begin' || next === 'line';
    const isValue = next === 'value' || next === 'valueOrEnd' || isAlone;
    const behind: Next = isAlone ? 'nothing' : 'more';
    if (isAlone) {
      this.#values += 1;
      this.#isClosing = !isOfWord(byte);
    }
    if ((byte === OPEN_ARRAY || byte === OPEN_OBJECT) && isValue) this.#begin(byte);
    else if (byte === this.#closer && (next === 'more' || next === 'valueOrEnd' || next === 'keyOrEnd')) {
      this.#closer = this.#around.pop() ?? 0;
      this.#next = this.#closer ? 'more' : 'nothing';
    } else if (byte === QUOTE && (isValue || next === 'key' || next === 'keyOrEnd')) {
      this.#isInString = true;
      this.#next = isValue ? behind : 'colon';
    } else if (byte === COMMA && next === 'more') this.#next = this.#closer === CLOSE_ARRAY ? 'value' : 'key';
    else if (byte === COLON && next === 'colon') this.#next = 'value';
    else if (isOfWord(byte) && isValue) {
      this.#isInWord = true;
      this.#word = isAlone ? String.fromCharCode(byte) : '';
      this.#next = behind;
    } else throw notJson(NOT_JSON_MESSAGES[next] ?? 'the output is not valid JSON');
  }

  #begin(byte: number): void {
    const isArray = byte === OPEN_ARRAY;
    if (this.#around.push(this.#closer) > MAX_DEPTH) throw notJson(`the output is nested more than ${MAX_DEPTH} deep`);
    this.#closer = isArray ? CLOSE_ARRAY : CLOSE_OBJECT;
    this.#next = isArray ? 'valueOrEnd' : 'keyOrEnd';
  }

  /** Reads past the number or word, or to the end of the chunk. */
  #skipWord(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && isOfWord(chunk[at] ?? 0)) at++;
    if (this.#word !== '' && this.#word.length <= LONGEST_WORD)
      this.#word += String.fromCharCode(...chunk.subarray(from, Math.min(at, from + LONGEST_WORD)));
    this.#isInWord = at === chunk.length;
    if (!this.#isInWord) this.#endWord();
    return at;
  }

  /** Checks a number or word at the top level: plain text is not JSON. */
  #endWord(): void {
    if (this.#word.length > LONGEST_WORD || (this.#word !== '' && !WORD.test(this.#word)))
      throw notJson('the output is not JSON');
    this.#word = '';
  }

  /** Reads past the closing quote, or to the end of the chunk. */
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

function notJson(message: string): HttpError {
  return new HttpError('response', message, { code: OUTPUT_NOT_JSON });
}

const NOT_JSON_MESSAGES: Partial<Record<Next, string>> = {
  begin: 'the output is not JSON',
  nothing: 'there is data after the JSON of the output',
};

function isSpace(byte?: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether a byte is a digit, a letter, or another character of a number. */
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
