import CliTable from 'cli-table3';
import { splitCharacters, type Paint } from './text';

/** Columns are never made narrower than this. */
const NARROWEST = 6;

/** Spaces between two columns. */
const GAP = 2;
const EDGES = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
const LINES = ['left', 'left-mid', 'mid-mid', 'right', 'right-mid', 'middle'];

/** No lines except the one under the head. */
const CHARS = { ...Object.fromEntries([...EDGES, ...LINES].map((name) => [name, ''])), mid: '─' };

/** A table with one line for each row, at most `width` characters wide. The widest columns are shortened. */
export function renderTable(head: string[], rows: string[][], width: number): string {
  const colWidths = columnWidths([head, ...rows], width);
  const table = new CliTable({
    head,
    ...(colWidths && { colWidths }),
    chars: CHARS,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': GAP },
  });
  table.push(...rows);
  return table.toString().replaceAll(/ +$/gm, '');
}

/** Widths of the columns; undefined if everything fits. */
function columnWidths(rows: string[][], width: number): number[] | undefined {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => splitCharacters(row[index] ?? '').length + GAP)),
  );
  if (sum(widths) <= width) return undefined;
  while (sum(widths) > width) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

/** A section of the result, under its title. */
export function renderSection(title: string, text: string, paint: Paint): string {
  return `${paint.bold(title)}\n${text}`;
}
