// JSON text is judged as it goes by: whole or not, wherever the chunks are cut.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonEnd } from '../../../src/api/http/json-end';

/** Whether the text counts as whole, fed in chunks of `size` bytes. */
function isWhole(text: string, size = 7, isFramed = true): boolean {
  const end = new JsonEnd(isFramed);
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; at += size) end.write(bytes.subarray(at, at + size));
    end.end();
    return true;
  } catch {
    return false;
  }
}

const container = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));

test('every array and object is whole, and none of its beginnings is', () => {
  fc.assert(
    fc.property(container, fc.integer({ min: 1, max: 9 }), fc.nat(), (value, size, cut) => {
      const text = ` ${JSON.stringify(value)}\n`;
      expect(isWhole(text, size)).toBe(true);
      const trimmed = Buffer.from(text.trim());
      expect(isWhole(trimmed.subarray(0, cut % trimmed.length).toString('latin1'), size)).toBe(false);
    }),
  );
});

test('every value is whole, even with a byte order mark or as a line among others', () => {
  const lines = fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      lines,
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('\n', '\r\n', '\n\n', ' \n'),
      (values, size, end) => {
        const text = values.map((value) => JSON.stringify(value)).join(end);
        for (const whole of [text, `${text}${end}`, `\ufeff${text}`]) expect(isWhole(whole, size)).toBe(true);
      },
    ),
  );
});

test('a JSON Lines text that ends in the middle of a container is not whole', () => {
  fc.assert(
    fc.property(fc.jsonValue(), container, fc.integer({ min: 1, max: 9 }), fc.nat(), (value, last, size, cut) => {
      const text = JSON.stringify(last);
      expect(isWhole(`${JSON.stringify(value)}\n${text.slice(0, 1 + (cut % (text.length - 1)))}`, size)).toBe(false);
    }),
  );
});

test.each([
  String.raw`["\\"]`,
  String.raw`["\""]`,
  String.raw`["\\\"]"]`,
  String.raw`{"a\\":"]}"}`,
  '[ 1 , -2.5e+3 , true , [ ] , { } ]',
  '{ "a" : { "b" : [ null ] } }',
  'null',
  ' true\n',
  '-1.5e+3',
  '"text"',
  '{"a":1}\n{"a":2}\n',
  '[]\n\n[]',
  '\ufeff[]',
  '\ufeff {"a":1}',
  '1\n"two"\nnull',
])('%s is whole', (text) => {
  for (let size = 1; size <= text.length; size++) expect(isWhole(text, size)).toBe(true);
});

const CUT = ['', ' ', '["', String.raw`["\"]`, '{"a":1', '[1,', '{"a"', '{"a":', '{"a":1,', '[{}'];
const BROKEN = ['[}', '{]', '[{]}', '[,]', '[1,]', '[1 2]', '[1"a"]', '["a""b"]', '[[]{}]', '[:]', '["a":1]'];
const BROKEN_OBJECTS = ['{"a" 1}', '{"a"}', '{"a":}', '{"a":1,}', '{,}', '{1:2}', '{"a":1 "b":2}', '{"a"::1}', '{a:1}'];
const OTHER = [
  '<html>',
  '[]]',
  '[] {}',
  '[][]',
  '[]x',
  '[object Object]',
  '{{ error }}',
  '{% raise %}',
  'null null',
  '1 2',
];
const WORDS = [
  'Internal Server Error',
  'nul',
  'tru',
  'NaN',
  '01',
  '1.',
  '-',
  '1e',
  'x',
  'None',
  'null,',
  'null\nnul',
  '"a" "b"',
];
const MARKS = ['\ufeff', '\ufeff\n', '\ufeff\ufeff[]', '[\ufeff]', '[]\n\ufeff[]', '"text', '1\n['];

test.each([...CUT, ...BROKEN, ...BROKEN_OBJECTS, ...OTHER, ...WORDS, ...MARKS])('%j is not', (text) => {
  for (let size = 1; size <= 8; size++) expect(isWhole(text, size)).toBe(false);
});

test.each(['[]', '{"a":1}', '{"a":1}\n', '"text"', ' [1,"a"] ', '\ufeff[{}]'])(
  '%j is whole where only the end of the connection tells the end',
  (text) => {
    for (let size = 1; size <= text.length; size++) expect(isWhole(text, size, false)).toBe(true);
  },
);

test.each(['123', '12', 'null', 'true\n', '{"a":1}\n{"a":2}\n', '[]\n[]', '1\n[]', '[]\n1', '[1', '"text'])(
  '%j may be the begin of more there',
  (text) => {
    for (let size = 1; size <= text.length; size++) expect(isWhole(text, size, false)).toBe(false);
  },
);

test('a word without end is given up, and no more than its begin is held', () => {
  const end = new JsonEnd();
  for (let n = 0; n < 1_000; n++) end.write(Buffer.alloc(10_000, '1'));
  expect(() => end.end()).toThrow('not JSON');
});

test('what is nested without end is given up', () => {
  const end = new JsonEnd();
  expect(() => end.write(Buffer.alloc(1_000_000, '['))).toThrow('nested more than 10000 deep');
});
