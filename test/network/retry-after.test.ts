import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readRetryAfter } from '../../src/network/retry-after';
import { boundRetryAfter, RETRY_AFTER_BOUNDS } from '../../src/core/retry-timing';
import { START } from '../core/fixtures';

it.each([
  ['0', 0],
  ['1', 1_000],
  ['120', 120_000],
  [' 120 ', 120_000],
  ['007', 7_000],
  ['1.5', 1_500],
  ['0.25', 250],
  ['4294967296', 4_294_967_296_000],
])('reads %j as seconds', (value, ms) => {
  expect(readRetryAfter({ 'retry-after': value }, START)).toBe(ms);
});

it.each([
  ['a date ahead', 'Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
  ['a date ahead with space around it', ' Thu, 01 Jan 2026 00:01:30 GMT ', 90_000],
  ['a date ahead in the form of RFC 850', 'Thursday, 01-Jan-26 00:01:30 GMT', 90_000],
  ["a date ahead in the form of C's asctime", 'Thu Jan  1 00:01:30 2026', 90_000],
  ['this very moment', 'Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['a date in the past', 'Wed, 31 Dec 2025 23:59:59 GMT', 0],
])('reads %s as the time until then', (_, value, ms) => {
  expect(readRetryAfter({ 'retry-after': value }, START)).toBe(ms);
});

it.each([
  ['the date of the answer', { date: 'Thu, 01 Jan 2026 01:00:00 GMT' }, 30_000],
  ['the first of several', { date: ['Thu, 01 Jan 2026 01:00:00 GMT', 'Thu, 01 Jan 2026 01:00:20 GMT'] }, 30_000],
  ['now, where the answer has none', {}, 3_630_000],
  ['now, where that of the answer is no HTTP date', { date: '2026-01-01T01:00:00Z' }, 3_630_000],
])('measures a date against %s', (_, headers, ms) => {
  expect(readRetryAfter({ ...headers, 'retry-after': 'Thu, 01 Jan 2026 01:00:30 GMT' }, START)).toBe(ms);
});

it.each([
  ['7', 7_000],
  ['soon', 5_000],
  [undefined, 5_000],
])('takes the header %j before the field', (header, ms) => {
  expect(readRetryAfter({ 'retry-after': header }, START, ['later', '-1', '5', '9'])).toBe(ms);
});

it.each([undefined, '', '   ', 'soon', '-5', '+5', '1e3', '0x10', '1.', '.5', '5 s', 's 5', '1,5', 'NaN', 'Infinity'])(
  'takes %j for no hint',
  (value) => {
    expect(readRetryAfter({ 'retry-after': value }, START)).toBeUndefined();
  },
);

it('takes a number of seconds that no clock can hold for no hint', () => {
  expect(readRetryAfter({ 'retry-after': '9'.repeat(400) }, START)).toBeUndefined();
});

it('never throws, and never reads a negative or infinite pause', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String)), fc.integer(), (value, now) => {
      const ms = readRetryAfter({ 'retry-after': value }, now);
      if (ms === undefined) return;
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThan(Infinity);
    }),
  );
});

it.each([
  [0, 1_000],
  [999, 1_000],
  [1_000, 1_000],
  [1_001, 1_001],
  [299_999, 299_999],
  [300_000, 300_000],
  [300_001, 300_000],
  [2 ** 31, 300_000],
  [-1, 1_000],
])('bounds a pause of %i ms to %i ms', (ms, bounded) => {
  expect(boundRetryAfter(ms)).toBe(bounded);
});

it('has bounds that nobody can change', () => {
  expect(RETRY_AFTER_BOUNDS).toEqual({ minimumMs: 1_000, maximumMs: 300_000 });
  expect(Object.isFrozen(RETRY_AFTER_BOUNDS)).toBe(true);
});
