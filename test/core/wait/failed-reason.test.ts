// The message of a failed job tells the first document's reason: whoever sees only that knows why.
import { expect, it, test } from 'vitest';
import { withFailedFiles } from '../../../src/core/wait/failure';
import type { JobFailure } from '../../../src/core/wait/failure-details';

const failure = {
  type: 'UnstructuredJobFailedError',
  message: 'Job j ended FAILED',
  details: { jobId: 'j' },
} as unknown as JobFailure;
const named = (...documents: string[]) => documents.map((document) => ({ document, error: 'encrypted' }));

test.each([
  ['of none, where none is named', named(), 0, 'Job j ended FAILED'],
  ['of none, where the API did not name them', named(), null, 'Job j ended FAILED'],
  ['of one', named('a.pdf'), 1, 'Job j ended FAILED; failed: a.pdf (encrypted)'],
  ['of the first of two', named('a.pdf', 'b.pdf'), null, 'Job j ended FAILED; failed: a.pdf (encrypted), and 1 more'],
  ['of the first of a cut list', named('a.pdf'), 40, 'Job j ended FAILED; failed: a.pdf (encrypted), and 39 more'],
])('%s', (_, failedFiles, failedFilesTotal, message) => {
  const told = withFailedFiles(failure, { failedFiles, failedFilesTotal });
  expect(told).toEqual({ ...failure, message, details: { jobId: 'j', failedFiles, failedFilesTotal } });
});

it('of bounded length', () => {
  const { message } = withFailedFiles(failure, { failedFiles: named('x'.repeat(9_999)), failedFilesTotal: 2 });
  expect(message).toHaveLength('Job j ended FAILED'.length + 300 + ', and 1 more'.length);
});
