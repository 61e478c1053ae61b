import { test } from 'vitest';

/** Set by `npm run test:breadth`, which runs all cases of every test. */
const IS_WHOLE = process.env['BREADTH'] === 'all';

/**
 * So many of a test's cases, spread evenly, the first one among them, or all of them by `npm run test:breadth`. For cases that show one behaviour
 * again and again: what shows another belongs into a list of its own.
 */
export function sample<const T>(cases: readonly T[], count: number): T[] {
  if (IS_WHOLE || count >= cases.length) return [...cases];
  return Array.from({ length: count }, (_, index) => cases[Math.floor((index * cases.length) / count)]!);
}

/** A number of repetitions, or that of `npm run test:breadth`. */
export function repetitions(usual: number, whole: number): number {
  return IS_WHOLE ? whole : usual;
}

/** A test of `npm run test:breadth` alone: of what a user rarely meets, and which takes long. */
export const testInBreadth = test.runIf(IS_WHOLE);
