// What a source or a sink says of an error counts also where others wrapped it; of several, the most hopeful.
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { typedError, UnstructuredDocumentRefusedError } from '../../src/core/document';
import { UnstructuredStorageError } from '../../src/core/storage-error';

const lasting = new UnstructuredStorageError('archived', { kind: 'lasting' });
const passing = new UnstructuredStorageError('busy', { kind: 'passing' });
const credential = new UnstructuredStorageError('expired', { kind: 'credential' });
const refused = new UnstructuredDocumentRefusedError('m:a', 'notFound', 'it is gone');
const final = ApplicationFailure.nonRetryable('never', 'Never');
const wrapped = (cause: unknown) => new Error('outer', { cause });
const gathered = (...errors: unknown[]) => new AggregateError(errors, 'all failed');

test.each<[string, unknown, unknown]>([
  ['a typed error', lasting, lasting],
  [
    'a typed error with another as its cause',
    new UnstructuredStorageError('a', { kind: 'passing', cause: lasting }),
    0,
  ],
  ['one that is wrapped', wrapped(lasting), lasting],
  ['one that is wrapped deep', wrapped(wrapped(wrapped(refused))), refused],
  ['a failure that is final', wrapped(final), final],
  ['the only one of several', gathered(lasting), lasting],
  ['several of which one may pass', gathered(lasting, passing, refused), passing],
  ['several of which one is a credential', wrapped(gathered(refused, wrapped(credential))), credential],
  ['several that last', gathered(final, wrapped(lasting)), final],
  ['the cause of one that gathers texts', Object.assign(wrapped(passing), { errors: ['odd', 'odder'] }), passing],
  ['the cause of one that gathers nothing', Object.assign(wrapped(refused), { errors: [] }), refused],
  ['one that several share', gathered(wrapped(lasting), wrapped(wrapped(lasting))), lasting],
])('%s is found', (_, error, found) => {
  expect(typedError(error)).toBe(found === 0 ? error : found);
});

test.each<[string, unknown]>([
  ['an error of a library', new Error('odd')],
  ['one with a cause', wrapped(new Error('odd'))],
  ['several of which one says nothing', gathered(lasting, new Error('odd'))],
  ['none of several', gathered()],
  ['a failure that is tried again', wrapped(ApplicationFailure.retryable('later'))],
  ['a text', 'odd'],
  ['nothing', undefined],
])('%s stays what it is', (_, error) => expect(typedError(error)).toBe(error));

test('errors that lead back to themselves end', () => {
  const error = new Error('a circle');
  error.cause = error;
  expect(typedError(error)).toBe(error);
  const circle = gathered(lasting);
  circle.errors.push(wrapped(circle));
  expect(typedError(circle)).toBe(circle);
  circle.cause = passing;
  expect(typedError(circle)).toBe(passing);
});

test.each([
  ['says nothing', new Error('odd')],
  ['is typed', lasting],
])('an error that 30 layers of others share, each twice, is read once: it %s', (_, shared) => {
  let reads = 0;
  let error: Error = wrapped(shared);
  for (let layer = 0; layer < 30; layer++) {
    const pair = [error, error];
    error = Object.defineProperty(new Error('a layer'), 'errors', { get: () => (reads++, pair) });
  }
  expect(typedError(error)).toBe(shared === lasting ? lasting : error);
  expect(reads).toBe(30);
});

test('a chain of causes that has no end is left', () => {
  const endless = (): Error => Object.defineProperty(new Error('odd'), 'cause', { get: endless });
  const error = endless();
  expect(typedError(error)).toBe(error);
});
