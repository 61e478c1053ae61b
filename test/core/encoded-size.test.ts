import { expect, it } from 'vitest';
import { cutList, encodedBytes, FAILURE_LIST_BOUNDS } from '../../src/core/encoded-size';

it.each([
  ['text', 'abc', 5],
  ['text beyond ASCII', 'größe €', 13],
  ['an object', { a: [1, null] }, 14],
  ['nothing', undefined, 0],
])('measures %s as its JSON in UTF-8', (_, value, bytes) => {
  expect(encodedBytes(value)).toBe(bytes);
});

it('bounds the lists in failures to 100 entries and 32 KiB', () => {
  expect(FAILURE_LIST_BOUNDS).toEqual({ entries: 100, bytes: 32_768 });
  expect(Object.isFrozen(FAILURE_LIST_BOUNDS)).toBe(true);
});

it('leaves a short list as it is', () => {
  expect(cutList(['a', 'b'])).toEqual(['a', 'b']);
});

it('cuts a long list to its first entries', () => {
  const list = Array.from({ length: 101 }, (_, i) => i);
  expect(cutList(list)).toEqual(list.slice(0, 100));
});

it('keeps a list that fills the bytes exactly, and cuts one that has a byte more', () => {
  const fitting = ['x'.repeat(16_000), 'y'.repeat(32_768 - 16_000 - 7)];
  expect(encodedBytes(fitting)).toBe(32_768);
  expect(cutList(fitting)).toHaveLength(2);
  expect(cutList([fitting[0], `${fitting[1]!}y`])).toHaveLength(1);
});

it('stops at the first entry that does not fit', () => {
  expect(cutList(['x'.repeat(40_000), 'short'])).toEqual([]);
});
