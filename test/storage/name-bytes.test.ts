// Names of files are bytes, and each has a text of its own, from which its bytes can be had again.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOfText, isGoodText, textOfBytes } from '../../src/storage/name-bytes';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

test.each(['', 'a.pdf', 'größe.pdf', '漢字', '🙂 𠀋', 'e\u0301', '\ufffd', '\u007f\n'])('%j is itself', (name) => {
  expect(textOfBytes(latin1(name))).toBe(name);
  expect(bytesOfText(name)).toBe(latin1(name));
  expect(isGoodText(name)).toBe(true);
});

test.each([
  ['\xff', '\udcff'],
  ['gr\xf6\xdfe', 'gr\udcf6\udcdfe'],
  [`\xc3${latin1('é')}\x80`, '\udcc3é\udc80'],
  [latin1('🙂').slice(0, 3), '\udcf0\udc9f\udc99'],
  ['\xed\xa0\x80', '\udced\udca0\udc80'],
])('the bytes %j, which are no UTF-8, are written %j', (bytes, text) => {
  expect(textOfBytes(bytes)).toBe(text);
  expect(bytesOfText(text)).toBe(bytes);
  expect(isGoodText(text)).toBe(false);
});

test('any bytes come back from their text', () => {
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...Buffer.from('aé漢🙂')));
  fc.assert(
    fc.property(fc.array(byte), (bytes) => {
      const name = Buffer.from(bytes).toString('latin1');
      expect(bytesOfText(textOfBytes(name))).toBe(name);
    }),
  );
});
