/** A row of the table. A row without a value is left out. */
export type Row = [name: string, value: string | null | undefined];

export function markdownTable(rows: Row[]): string {
  const lines = rows.filter(([, value]) => value).map(([name, value]) => `| ${inOneLine(name)} | ${value ?? ''} |`);
  return ['| | |', '|---|---|', ...lines].join('\n');
}

/** Keeps the text in one line, because the Web UI gives the first column little room. */
function inOneLine(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** `2026-01-31 12:34:56 UTC` */
export function time(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

export function code(text: string): string {
  return `\`${inCell(text).replaceAll('`', "'")}\``;
}

/** Escapes external text for a table cell. An underscore inside a word has no effect on the format, so it stays. */
export function cell(text: string): string {
  return inCell(text).replaceAll(/[[\]!*`]|\b_|_\b|(?<=_)_|_(?=_)/g, '\\$&');
}

function inCell(text: string): string {
  return text.slice(0, 300).replaceAll(/[|\\<>\r\n]/g, ' ');
}
