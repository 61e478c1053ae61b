import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareUtf8 } from '../../src/core/byte-order';

it.each([
  ['a', 'b'],
  ['', 'a'],
  ['a', 'aa'],
  ['a.txt', 'a/x'],
  ['\ud7ff', '\ue000'],
  ['\uffff', '𠀋'],
  ['\uffff', '\u{10000}'],
  ['\ue000', '𠀋'],
  ['𠀋', '𠀌'],
  ['🙂', '𠀋'],
])('%j is before %j', (one, other) => {
  expect(compareUtf8(one, other)).toBeLessThan(0);
  expect(compareUtf8(other, one)).toBeGreaterThan(0);
});

it('orders texts as their UTF-8', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '/', 'é', '\ud7ff', '\ue000', '\uffff', '𠀋', '🙂') });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const byBytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
      expect(Math.sign(compareUtf8(one, other))).toBe(byBytes);
    }),
  );
});
