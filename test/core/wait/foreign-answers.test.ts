// What an activity answers may come from a mock or from another language: its shape is looked at before it is believed.
import { describe, expect, it } from 'vitest';
import { isDetails, isFailedList } from '../../../src/core/wait/documents';
import { isJobCheck } from '../../../src/core/wait/job-check';

const job = { status: 'COMPLETED' };
const list = { digest: 'd', total: 1 };

describe('a job check', () => {
  it.each([
    { job },
    { job, inputFileIds: null, outputNodeFiles: null },
    { job, inputFileIds: list, outputNodeFiles: { ...list, entries: [] } },
  ])('is %j', (answer) => expect(isJobCheck(answer)).toBe(true));

  it.each([
    null,
    undefined,
    'COMPLETED',
    {},
    { job: null },
    { job: 'COMPLETED' },
    { job: {} },
    { job: { status: 7 } },
    { job, inputFileIds: {} },
    { job, inputFileIds: { digest: 7, total: 1 } },
    { job, inputFileIds: { digest: 'd' } },
    { job, inputFileIds: { ...list, entries: null } },
    { job, inputFileIds: list, outputNodeFiles: { ...list, entries: 'a' } },
    { job, inputFileIds: list, outputNodeFiles: { digest: 'd', total: '1' } },
  ])('is not %j', (answer) => expect(isJobCheck(answer)).toBe(false));
});

describe("a job's details", () => {
  it.each([
    { processingStatus: 'SUCCESS', nodeStats: [] },
    { processingStatus: 'SUCCESS', nodeStats: [{ failure: 0 }] },
  ])('are %j', (answer) => expect(isDetails(answer)).toBe(true));

  it.each([
    null,
    'SUCCESS',
    {},
    { processingStatus: 'SUCCESS' },
    { nodeStats: [] },
    { processingStatus: 7, nodeStats: [] },
    { processingStatus: 'SUCCESS', nodeStats: {} },
    { processingStatus: 'SUCCESS', nodeStats: [{ failure: 0 }, null] },
  ])('are not %j', (answer) => expect(isDetails(answer)).toBe(false));
});

describe('a list of failed documents', () => {
  const entry = { document: 'a.pdf', error: 'locked' };

  it.each([
    { failedFiles: [], failedFilesTotal: 0 },
    { failedFiles: [entry], failedFilesTotal: 3 },
  ])('is %j', (answer) => expect(isFailedList(answer)).toBe(true));

  it.each([
    null,
    [],
    {},
    { failedFiles: [entry] },
    { failedFilesTotal: 1 },
    { failedFiles: {}, failedFilesTotal: 1 },
    { failedFiles: [], failedFilesTotal: '1' },
    { failedFiles: [entry, null], failedFilesTotal: 2 },
    { failedFiles: [{ document: 'a.pdf' }], failedFilesTotal: 1 },
    { failedFiles: [{ error: 'locked' }], failedFilesTotal: 1 },
    { failedFiles: [{ document: 7, error: 'locked' }], failedFilesTotal: 1 },
  ])('is not %j', (answer) => expect(isFailedList(answer)).toBe(false));
});
