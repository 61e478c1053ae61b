import { expect, test } from 'vitest';
import { age, splitCharacters, count, createPaint, fit, printable, span, wrap } from '../../../src/cli/view/text';

test.each([
  [-5_000, '0 s'],
  [0, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min 0 s'],
  [3_599_000, '59 min 59 s'],
  [3_600_000, '1 h 0 min'],
  [100_000_000, '1 d 3 h'],
])('an age of %i ms reads %s', (ms, text) => {
  expect(age(ms)).toBe(text);
});

test('tenths of a second are shown below a minute', () => {
  expect([span(0), span(1_234), span(59_949), span(59_950)]).toEqual(['0.0 s', '1.2 s', '59.9 s', '1 min 0 s']);
});

test('a text is cut where it does not fit, and never within a character', () => {
  expect([fit('abc', 3), fit('abcd', 3), fit('👩‍👩‍👧bcd', 3)]).toEqual(['abc', 'ab…', '👩‍👩‍👧b…']);
  expect(splitCharacters('e\u0301')).toHaveLength(1);
});

test('a sentence is broken between words, and a word that is too long is left whole', () => {
  expect(wrap('one two three', 7)).toBe('one two\nthree');
  expect(wrap('see /a/long/path now', 5)).toBe('see\n/a/long/path\nnow');
  expect(wrap('one two three', Infinity)).toBe('one two three');
});

test('what would steer a terminal is taken out', () => {
  expect(printable('a\u001b[2Jb\nc\u202ed\u009be')).toBe('a [2Jb c d e');
});

test('one is singular', () => {
  expect([count(0, 'check'), count(1, 'check'), count(2, 'check')]).toEqual(['0 checks', '1 check', '2 checks']);
});

test('without colours a text stays as it is', () => {
  expect(createPaint(false).bad('x')).toBe('x');
});
