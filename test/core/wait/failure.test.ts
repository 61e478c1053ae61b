import { expect, it } from 'vitest';
import { tooLargeFailure } from '../../../src/core/wait/failure';
import { JOB_ID, jobSummary } from '../fixtures';

it.each([
  ['all', "files: 'final' or 'none'"],
  ['final', "files: 'none'"],
  ['none', 'a larger maxResultBytes'],
] as const)('with files: %s the failure says which setting helps', (files, help) => {
  const details = {
    jobId: JOB_ID,
    job: jobSummary('COMPLETED'),
    bytes: 2_000_000,
    maxBytes: 1_572_864,
    files,
    outputNodeFilesTotal: 20_000,
  };
  expect(tooLargeFailure(details)).toEqual({
    type: 'UnstructuredOutputListTooLargeError',
    message:
      `The result for job ${JOB_ID} would be 2000000 bytes with 20000 output node files, ` +
      `more than maxResultBytes (1572864); the option ${help} helps`,
    details,
  });
});
