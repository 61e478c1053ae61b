import { stripVTControlCharacters } from 'node:util';

/** What a terminal shows after this output, line by line: as far as programs that redraw some lines need it. */
export function screenOf(output: string): string[] {
  const lines = [''];
  let row = 0;
  let column = 0;
  const write = (text: string): void => {
    lines[row] =
      (lines[row] ?? '').padEnd(column).slice(0, column) + text + (lines[row] ?? '').slice(column + text.length);
    column += text.length;
  };
  for (const [piece] of output.matchAll(/\u001b\[\??[\d;]*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g)) {
    const [, count = '', action] = /^\u001b\[(\d*)([A-Za-z])$/.exec(piece) ?? [];
    if (piece === '\r' || action === 'G') column = 0;
    else if (piece === '\n') row += 1;
    else if (action === 'A') row = Math.max(0, row - Number(count || 1));
    else if (action === 'B') row += Number(count || 1);
    else if (action === 'K') lines[row] = count === '2' ? '' : (lines[row] ?? '').slice(0, column);
    else write(stripVTControlCharacters(piece));
  }
  return Array.from(lines, (line?: string) => (line ?? '').trimEnd());
}
