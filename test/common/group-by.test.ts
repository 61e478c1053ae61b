import { expect, test } from 'vitest';
import { groupBy } from '../../src/common/group-by';

test('groups keep the order of their first items, and the items their own', () => {
  const groups = groupBy(['bee', 'ant', 'bat', 'ape'], (word) => word.charAt(0));
  expect([...groups]).toEqual([
    ['b', ['bee', 'bat']],
    ['a', ['ant', 'ape']],
  ]);
  expect(groupBy([], String).size).toBe(0);
});
