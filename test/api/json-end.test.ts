// JSON text is judged as it goes by: whole or not, wherever the chunks are cut.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonEnd } from '../../src/api/http/json-end';

/** Whether the text counts as whole, fed in chunks of `size` bytes. */
function isWhole(text: string, size = 7): boolean {
  const end = new JsonEnd();
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

test.each([
  String.raw`["\\"]`,
  String.raw`["\""]`,
  String.raw`["\\\"]"]`,
  String.raw`{"a\\":"]}"}`,
  '[ 1 , -2.5e+3 , true , [ ] , { } ]',
  '{ "a" : { "b" : [ null ] } }',
])('%s is whole', (text) => {
  for (let size = 1; size <= text.length; size++) expect(isWhole(text, size)).toBe(true);
});

const CUT = ['', ' ', '["', String.raw`["\"]`, '{"a":1', '[1,', '{"a"', '{"a":', '{"a":1,', '[{}'];
const BROKEN = ['[}', '{]', '[{]}', '[,]', '[1,]', '[1 2]', '[1"a"]', '["a""b"]', '[[]{}]', '[:]', '["a":1]'];
const BROKEN_OBJECTS = ['{"a" 1}', '{"a"}', '{"a":}', '{"a":1,}', '{,}', '{1:2}', '{"a":1 "b":2}', '{"a"::1}', '{a:1}'];
const OTHER = ['"text"', '1', 'null', '<html>', '[]]', '[] {}', '[]x', '[object Object]', '{{ error }}', '{% raise %}'];

test.each([...CUT, ...BROKEN, ...BROKEN_OBJECTS, ...OTHER])('%j is not', (text) => {
  for (let size = 1; size <= 8; size++) expect(isWhole(text, size)).toBe(false);
});

test('what is nested without end is given up', () => {
  const end = new JsonEnd();
  expect(() => end.write(Buffer.alloc(1_000_000, '['))).toThrow('nested more than 10000 deep');
});
