import CliTable from 'cli-table3';

/** What a bench measured: rows as they go to JSON, with the columns that the table shows. */
export interface Report {
  name: string;
  tables: Table[];
  goals: Goal[];
  /** Some of what the goals are set for was not measured. */
  isReduced?: boolean;
  /** What one must know to read the figures. */
  notes: string[];
}

export interface Table {
  title?: string;
  rows: Record<string, string | number | null>[];
}

export interface Goal {
  what: string;
  value: number;
  atMost?: number;
  atLeast?: number;
  /** Measured with less than the goal is set for, so nothing is reached. */
  isReduced?: boolean;
}

export function isReached({ value, atMost = Infinity, atLeast = -Infinity, isReduced = false }: Goal): boolean {
  return value <= atMost && value >= atLeast && !isReduced;
}

/** The last line of a run of several benches. A bench that threw has goals, too, but nobody knows whether they are reached. */
export function summary(goals: readonly Goal[], notMeasured: readonly string[]): string {
  const reduced = goals.filter(({ isReduced }) => isReduced).length;
  const parts = [`${goals.filter(isReached).length} of ${goals.length} goals reached`];
  if (reduced > 0) parts.push(`${reduced} not comparable`);
  if (notMeasured.length > 0) parts.push(`not measured: ${notMeasured.join(', ')}`);
  return parts.join('; ');
}

/** Whether all was measured that the goals are set for. */
export function isFull({ goals, isReduced = false }: Pick<Report, 'goals' | 'isReduced'>): boolean {
  return !isReduced && !goals.some((goal) => goal.isReduced);
}

export function print({ name, ...report }: Report): void {
  console.log(`\n## ${name}\n\n${toText(report)}`);
}

/** The tables, which goals are reached, and the notes. */
export function toText({ tables, goals, notes }: Omit<Report, 'name'>): string {
  const drawn = tables.map(({ title, rows }) => {
    const columns = Object.keys(rows[0] ?? {});
    const table = new CliTable({ head: columns, style: { head: [], border: [], compact: true } });
    table.push(...rows.map((row) => columns.map((column) => shown(row[column]))));
    return title === undefined ? table.toString() : `${title}\n${table.toString()}`;
  });
  const parts = [...drawn, goals.map(line).join('\n'), notes.map((note) => `- ${note}`).join('\n')];
  return parts.filter((part) => part !== '').join('\n\n');
}

export function line(goal: Goal): string {
  const { what, value, atMost, atLeast, isReduced } = goal;
  const bound = atMost === undefined ? `≥ ${shown(atLeast)}` : `≤ ${shown(atMost)}`;
  const verdict = isReduced ? 'not comparable' : isReached(goal) ? 'reached' : 'NOT reached';
  return `${what}: ${shown(value)}, to reach ${bound}: ${verdict}`;
}

/** Enough digits to compare by. */
function shown(value: string | number | null | undefined): string {
  if (typeof value !== 'number') return value ?? '–';
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return Math.abs(value) < 1 ? value.toPrecision(3) : value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}
