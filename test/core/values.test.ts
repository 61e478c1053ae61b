import { expect, it } from 'vitest';
import { isObject, kindOf } from '../../src/core/values';

it.each([
  [{}, true, 'object'],
  [[], false, 'an array'],
  [null, false, 'null'],
  ['text', false, 'string'],
  [7, false, 'number'],
  [undefined, false, 'undefined'],
])('tells what kind of value %j is', (value, isFields, kind) => {
  expect(isObject(value)).toBe(isFields);
  expect(kindOf(value)).toBe(kind);
});
