// What the README says is true: its code stands in the compiled examples, its tables agree with the code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLIENT_DEFAULTS } from '../src/api/options';
import { ERROR_KINDS } from '../src/core/error-kind';
import { DEFAULT_START_OPTIONS } from '../src/core/start/options';
import { DEFAULT_WAIT_OPTIONS } from '../src/core/wait/options';
import { FAILURE_TYPES } from '../src/failure';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const exampleFiles = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts'));
const examples = exampleFiles.map((name) => readFileSync(join(root, 'examples', name), 'utf8'));

/** Rows of the table under a heading, cells without code marks. */
function table(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}

test('each piece of TypeScript stands in an example, which is compiled and run', () => {
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
  expect(blocks.length).toBeGreaterThan(5);
  for (const block of blocks)
    expect(
      examples.some((example) => example.includes(block)),
      block,
    ).toBe(true);
});

test('the table of failures lists every type, and says which are retried', () => {
  const rows = table('Failures').map(([type, , retried]) => [type, retried?.startsWith('yes')]);
  expect(rows).toEqual(Object.entries(FAILURE_TYPES).map(([type, { retryable }]) => [type, retryable]));
});

test('the table of failures names the HTTP statuses of each kind', () => {
  const when = new Map(table('Failures').map(([type, text]) => [type, text ?? '']));
  for (const { type, statuses } of Object.values(ERROR_KINDS)) {
    for (const status of statuses) expect(when.get(type)).toContain(String(status));
  }
});

test('the options of a wait stand there with their defaults', () => {
  const { version, ...defaults } = DEFAULT_WAIT_OPTIONS;
  const rows = new Map(table('Options of a wait').map(([name, value]) => [name, value]));
  for (const [name, value] of Object.entries(defaults))
    expect(`${name}: ${parse(rows.get(name))}`).toBe(`${name}: ${String(value)}`);
});

test('the options of a start stand there with their defaults', () => {
  const { version, ...defaults } = DEFAULT_START_OPTIONS;
  const rows = new Map(table('From documents to files').map(([name, value]) => [name, value]));
  for (const [name, value] of Object.entries(defaults))
    expect(`${name}: ${parse(rows.get(name))}`).toBe(`${name}: ${String(value)}`);
});

test('the options of the client stand there with their defaults', () => {
  const rows = new Map(table('Options of the plugin and the client').map(([name, value]) => [name, value ?? '']));
  const { timeouts, ...defaults } = CLIENT_DEFAULTS;
  for (const [name, value] of Object.entries(defaults))
    expect(`${name}: ${parse(rows.get(name))}`).toBe(`${name}: ${String(value)}`);
  for (const [name, ms] of Object.entries(timeouts)) expect(rows.get('timeouts')).toContain(`${name} ${ms / 1000} s`);
});

/** A default as the README writes it, in the code's unit. */
function parse(text: string | undefined): string {
  const units = { s: 1_000, min: 60_000, h: 3_600_000, MiB: 2 ** 20 };
  const [, number, unit] = /^([\d.,]+) ?(s|min|h|MiB)?$/.exec(text ?? '') ?? [];
  if (number === undefined) return text === 'none' ? 'null' : (text ?? 'missing').replaceAll("'", '');
  return String(Number(number.replaceAll(',', '')) * (unit ? units[unit as keyof typeof units] : 1));
}
