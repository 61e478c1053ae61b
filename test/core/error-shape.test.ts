// Errors are read by their shape: those of another realm are no `instanceof Error`.
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { errorCauses, errorMessage, errorShape } from '../../src/core/error-shape';

const foreign = (code: string): unknown => runInNewContext(code);

test('an error of another realm tells its name, text and code', () => {
  const error = foreign(`Object.assign(new TypeError('no luck'), { code: 'ECONNRESET' })`);
  expect(error instanceof Error).toBe(false);
  expect(errorShape(error)).toEqual({ name: 'TypeError', message: 'no luck', code: 'ECONNRESET' });
});

test.each<[unknown, string]>([
  ['text', 'text'],
  [undefined, 'undefined'],
  [7, '7'],
  [{ message: 'of an object' }, 'of an object'],
  [{ message: 7 }, '[object Object]'],
  [{ code: 7 }, '[object Object]'],
])('what is no error is told, too: %o', (value, message) => {
  expect(errorShape(value)).toEqual({ name: 'Error', message, code: undefined });
  expect(errorMessage(value)).toBe(message);
});

test('causes come from the outermost on, across realms, and a circle ends', () => {
  const error = foreign(`new Error('outer', { cause: new Error('inner', { cause: 'text' }) })`);
  expect(errorCauses(error).map(errorMessage)).toEqual(['outer', 'inner']);
  const circle: { message: string; cause?: unknown } = { message: 'round' };
  circle.cause = circle;
  expect(errorCauses(circle)).toEqual([circle]);
});
