import { expect, it } from 'vitest';
import { CliError, reasonText } from '../../../src/cli/support/errors';

const REFUSED = new Error('connect ECONNREFUSED 127.0.0.1:7233');

it.each([
  ['an error', new Error('no room'), 'no room'],
  ['the innermost cause', new Error('failed', { cause: new Error('no room') }), 'no room'],
  ['the innermost one that says something', new Error('failed', { cause: new Error('') }), 'failed'],
  ['the sentence of the program', new CliError('--to is full', 2, { cause: new Error('no room') }), '--to is full'],
  ['the first line', new Error('no room\nat all'), 'no room'],
  ['what is no error', 'no room', 'no room'],
  ['an error that says nothing', new TypeError(''), 'TypeError'],
  ['errors that are gathered', new Error('failed', { cause: new AggregateError([REFUSED]) }), REFUSED.message],
])('tells %s', (_, error, text) => {
  expect(reasonText(error)).toBe(text);
});
