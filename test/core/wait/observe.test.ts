import { expect, it } from 'vitest';
import { increment, TALLY_BOUNDS } from '../../../src/core/wait/observe';

const full = Object.fromEntries(Array.from({ length: TALLY_BOUNDS.names }, (_, i) => [`NAME_${i}`, 1]));

it('counts each name', () => {
  expect(['A', 'B', 'A'].reduce(increment, {})).toEqual({ A: 2, B: 1 });
});

it('counts names of built-in properties like any other', () => {
  expect(Object.entries(['constructor', '__proto__', '__proto__'].reduce(increment, {}))).toEqual([
    ['constructor', 1],
    ['__proto__', 2],
  ]);
});

it('counts the names beyond the twentieth together', () => {
  expect(TALLY_BOUNDS.names).toBe(20);
  expect(['X', 'NAME_3', 'Y', 'NAME_3'].reduce(increment, full)).toEqual({ ...full, NAME_3: 3, other: 2 });
  const { NAME_0, ...oneLess } = full;
  expect(increment(oneLess, 'X')).toEqual({ ...oneLess, X: NAME_0 });
});

it('keeps the first 60 characters of a name', () => {
  expect([`${'x'.repeat(60)}1`, `${'x'.repeat(60)}2`].reduce(increment, {})).toEqual({ ['x'.repeat(60)]: 2 });
});

it('has bounds that nobody can change', () => {
  expect(Object.isFrozen(TALLY_BOUNDS)).toBe(true);
});
