import { styleText } from 'node:util';

/** Colours and weights of a terminal, or none. */
export interface Paint {
  bold: (text: string) => string;
  dim: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
  busy: (text: string) => string;
}

export function createPaint(isColoured: boolean): Paint {
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    isColoured ? styleText(format, text) : text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    busy: paint('yellow'),
  };
}

/** Text from outside in one line, without characters that could control a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** `text`, shortened to at most `width` characters. */
export function fit(text: string, width: number): string {
  const characters = splitCharacters(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** `text` in lines of at most `width` characters, broken between words. A longer word gets a line of its own. */
export function wrap(text: string, width: number): string {
  let column = 0;
  const parts = text.split(' ').map((word) => {
    const length = splitCharacters(word).length;
    const separator = column === 0 ? '' : column + 1 + length <= width ? ' ' : '\n';
    column = separator === ' ' ? column + 1 + length : length;
    return separator + word;
  });
  return parts.join('');
}

const SEGMENTER = new Intl.Segmenter();

/** Characters as a reader counts them. */
export function splitCharacters(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

/** `0 s`, `59 s`, `2 min 5 s`, `3 h 0 min`, `2 d 4 h`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const units = [
    [86_400, 'd', 3_600, 'h'],
    [3_600, 'h', 60, 'min'],
    [60, 'min', 1, 's'],
  ] as const;
  const [large, largeName, small, smallName] = units.find(([size]) => seconds >= size) ?? units[2];
  return `${Math.floor(seconds / large)} ${largeName} ${Math.floor((seconds % large) / small)} ${smallName}`;
}

/** `4.2 s` if tenths of a second matter, otherwise as {@link age}. */
export function span(ms: number): string {
  return ms < 59_950 ? `${(ms / 1_000).toFixed(1)} s` : age(ms);
}

export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
