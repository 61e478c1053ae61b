import { readFileSync } from 'node:fs';
import type { WorkflowBundle } from '@temporalio/worker';
import { testBundle } from './bundle';

/** How a later version's numbers may differ. */
export interface OtherNumbers {
  /** What every default that is a number, and every pause and lease of the code's own, is multiplied by. @default 1 */
  factor?: number;
  /** Other defaults, by name. @default none */
  defaults?: Readonly<Record<string, unknown>>;
  /** How long the first lease of a watch is, in milliseconds. @default itself */
  leaseMs?: number;
  /** An expression of `number`, which chance would tell, from 0 to 1. @default itself */
  chance?: string;
}

/** The tables of defaults, by the name of their constant. */
const TABLES = ['DEFAULT_WAIT_OPTIONS', 'DEFAULT_START_OPTIONS', 'DEFAULT_COLLECT_OPTIONS', 'DEFAULT_BATCH_OPTIONS'];

/** Numbers of the code's own that set how long something lasts, and never whether a step comes, by the name of their constant. */
const TIMES = [
  'PAUSE',
  'FIRST_PAUSE',
  'LOOK',
  'FAILED_SEARCH_GAP_MS',
  'SEARCH_GAPS_MS',
  'PAUSE_AT_ONCE_MS',
  'RETRY_AFTER_BOUNDS',
  'LONGEST_LEASE_MS',
  'SHORTEST_WATCH_MS',
  'LONGEST_WATCH_MS',
  'LEFT_TO_ANSWER_MS',
];

/** The tests' workflows as a version has them whose defaults and chances are others. */
export function bundleWith({ factor = 1, defaults = {}, leaseMs, chance = 'number' }: OtherNumbers): WorkflowBundle {
  const script = readFileSync(testBundle().codePath, 'utf8'); // each line stays where its source map has it
  const scaled = `typeof value === 'number' && name !== 'version' ? Math.min(value * ${factor}, 2 ** 40) : value`;
  const entries = `Object.entries(table).map(([name, value]) => [name, ${scaled}])`;
  const others = `((table) => ({ ...Object.fromEntries(${entries}), ...${JSON.stringify(defaults)} }))`;
  const changed = TABLES.reduce(
    (code, table) => replaced(code, `const ${table} = Object.freeze(`, `const ${table} = ${others}(`),
    script,
  );
  const longer = TIMES.reduce((code, name) => {
    const [whole = '', value = ''] = new RegExp(`const ${name} = ([^;]*);`).exec(code) ?? [];
    return replaced(code, whole, `const ${name} = ${multiplied(value, factor)};`);
  }, changed);
  const lease = leaseMs === undefined ? '' : `{ untilAgeMs: 4 * MINUTE, leaseMs: ${leaseMs} },`;
  return {
    code: replaced(
      replaced(longer, 'const LEASES = [', `const LEASES = [${lease}`),
      'function chance(text) {',
      `function chance(text) { const number = chanceBefore(text); return ${chance}; } function chanceBefore(text) {`,
    ),
  };
}

/** Code of a value whose numbers are multiplied. */
function multiplied(value: string, factor: number): string {
  return `JSON.parse(JSON.stringify(${value}), (_, one) => (typeof one === 'number' ? one * ${factor} : one))`;
}

/** The tests' workflows with another piece of code. @throws Error where they do not have it, or more than once */
export function bundleReplacing(before: string, after: string): WorkflowBundle {
  return { code: replaced(readFileSync(testBundle().codePath, 'utf8'), before, after) };
}

/** @throws Error where the bundle has it not, or more than once */
function replaced(code: string, before: string, after: string): string {
  const parts = code.split(before);
  if (parts.length !== 2) throw new Error(`The bundle has ${before} ${parts.length - 1} times`);
  return parts.join(after);
}
