// A run that Temporal would not take says what is too large, and what helps.
import { expect, test } from 'vitest';
import { outputsTooLargeFailure } from '../../../src/core/run/failure';
import { JOB_ID, jobSummary } from '../fixtures';

const job = jobSummary('COMPLETED');
const details = { jobId: JOB_ID, job, bytes: 2_100_000, maxBytes: 2_000_000, outputNodeFilesTotal: 9_000 };

test.each([
  ['all', `the option outputs.which: 'final' helps`],
  ['final', 'the option a larger maxResultBytes helps'],
] as const)('outputs of %s nodes', (files, help) => {
  const failure = outputsTooLargeFailure({ ...details, files });
  expect(failure.type).toBe('UnstructuredOutputListTooLargeError');
  expect(failure.details).toEqual({ ...details, files });
  expect(failure.message).toBe(
    `The result of the run with job ${JOB_ID} would be about 2100000 bytes with 9000 outputs, more than maxResultBytes (2000000), ` +
      `and nothing was fetched; ${help}, or a run without outputs`,
  );
});

test.each([
  ['all', `a shorter input or the option outputs.which: 'final' helps`],
  ['final', 'a shorter input helps'],
] as const)('what continue-as-new would carry, with the outputs of %s nodes', (files, help) => {
  expect(outputsTooLargeFailure({ ...details, files, inputBytes: 1_900_000 }).message).toBe(
    `The run with job ${JOB_ID} can't continue as new: its input of 1900000 bytes and its lists, of 9000 output node files, ` +
      `are 2100000 bytes together, more than 2000000; ${help}`,
  );
});
