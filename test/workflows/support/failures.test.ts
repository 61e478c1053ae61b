// What a workflow takes an activity's failure for. A mock, or another worker's activity, may have put anything into it.
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { failedCall } from '../../../workflows/support/failures';

const failureWith = (type: string, details?: object) =>
  failedCall(ApplicationFailure.create({ type, message: 'what happened', details: details && [details] }));

const TOLD = { message: 'what happened', api: null };
const REFUSAL = { ref: 'file:///a.pdf', reason: 'notReadable', refusedTotal: 1 };
const REFUSED = { index: 0, ref: 'file:///a.pdf', reason: 'notReadable', message: 'no such file' };

test.each([
  [
    'an answer of the API',
    failureWith('UnstructuredServerError', { kind: 'server', status: 503 }),
    { type: 'UnstructuredServerError', api: { kind: 'server', status: 503 }, retryable: true },
  ],
  [
    'an answer of the API under the type of another, as the answer says',
    failureWith('UnstructuredJobFailedError', { kind: 'permission', status: 403 }),
    { type: 'UnstructuredPermissionError', api: { kind: 'permission', status: 403 }, retryable: false },
  ],
  [
    'refused documents, those that can be read',
    failureWith('UnstructuredDocumentRefusedError', { ...REFUSAL, refused: [REFUSED, null, 7] }),
    {
      ...TOLD,
      type: 'UnstructuredDocumentRefusedError',
      refusal: { ...REFUSAL, refused: [REFUSED] },
      retryable: false,
    },
  ],
  [
    'refused documents, without a list',
    failureWith('UnstructuredDocumentRefusedError', REFUSAL),
    { ...TOLD, type: 'UnstructuredDocumentRefusedError', refusal: { ...REFUSAL, refused: [] }, retryable: false },
  ],
  [
    'another failure of the package, with its details',
    failureWith('UnstructuredOutputListTooLargeError', { bytes: 3_000_000 }),
    { ...TOLD, type: 'UnstructuredOutputListTooLargeError', details: { bytes: 3_000_000 }, retryable: false },
  ],
  [
    'a failure of a kind that this version does not know',
    failureWith('UnstructuredServerError', { kind: 'quota' }),
    { ...TOLD, type: 'UnstructuredServerError', details: { kind: 'quota' }, retryable: true },
  ],
  ['a failure that is not of the package', failureWith('Other'), { ...TOLD, type: 'Other', retryable: true }],
  [
    'a failure of a type of the package without details',
    failureWith('UnstructuredServerError'),
    { ...TOLD, type: 'UnstructuredServerError', retryable: true },
  ],
])('a failure is taken for %s', (_, failed, error) => {
  expect(failed).toEqual({ type: 'error', error: { message: 'what happened', ...error } });
});
