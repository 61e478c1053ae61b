import { expect, it } from 'vitest';
import { chance } from '../../src/core/chance';

const JOB = '4c3a8f0e-91b4-4b0a-9d7e-0d5a6f1e2b3c';

it.each([
  ['', 0.6689221884589642],
  ['a', 0.10352621669881046],
  [`${JOB}/1`, 0.8415629034861922],
  [`${JOB}/2`, 0.6817354436498135],
  ['Ünïcödé 文', 0.6059636790305376],
])('stands for the same number on every machine: %j', (text, number) => {
  expect(chance(text)).toBe(number);
});

/** How far the shares of equal parts of the range are from even; about the number of parts where the spread is as of chance. */
function chiSquared(numbers: readonly number[], parts = 100): number {
  const counts = Array.from({ length: parts }, () => 0);
  for (const number of numbers) counts[Math.floor(number * parts)]! += 1;
  const even = numbers.length / parts;
  return counts.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
}

const range = (length: number) => Array.from({ length }, (_, i) => i);
const uuids = (length: number) =>
  range(length).map((n) => `${n.toString(16).padStart(8, '0')}-91b4-4b0a-9d7e-0d5a6f1e2b3c`);

it.each<[string, string[]]>([
  ['the checks of one job', range(20_000).map((check) => `${JOB}/${check}`)],
  ['the first checks of many jobs', uuids(20_000).map((id) => `${id}/1`)],
  ['the hundredth checks of many jobs', uuids(20_000).map((id) => `${id}/100`)],
  ['the attempts of many starts', range(20_000).map((n) => `${n.toString(16).padStart(12, '0')}/1/0/0`)],
])('is spread evenly over %s', (_, texts) => {
  const numbers = texts.map(chance);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(chiSquared(numbers)).toBeLessThan(150); // 99 on average; above 150 once in a thousand
});

it('of one check and of the next have nothing to do with each other', () => {
  const pairs = uuids(10_000).map((id) => [chance(`${id}/1`), chance(`${id}/2`)] as const);
  const product = pairs.reduce((sum, [a, b]) => sum + (a - 0.5) * (b - 0.5), 0) / pairs.length;
  expect(Math.abs(product * 12)).toBeLessThan(0.04); // the correlation
});
