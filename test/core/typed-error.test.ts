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

test('an error that wraps itself ends', () => {
  const error = new Error('a circle');
  error.cause = error;
  expect(typedError(error)).toBe(error);
});
