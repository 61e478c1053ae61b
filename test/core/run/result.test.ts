// One entry for each document: good with its outputs, failed with a reason, or missing; never good without evidence.
import { expect, test } from 'vitest';
import type { FailedFile } from '../../../src/core/job-details';
import type { SavedOutput } from '../../../src/core/output';
import type { CollectAnswer } from '../../../src/core/run/collect';
import { documentResults, toCollectFiles } from '../../../src/core/run/result';
import type { DocumentsOutcome } from '../../../src/core/wait/report';

const documents = [{ ref: 'file:///a.pdf' }, { ref: 'file:///b.pdf' }, { ref: 'file:///c.pdf' }];
const none = { reasons: [], isComplete: true };
const match = { fileIds: ['a-0', 'b-0', null], others: [] };
const told = (failedFiles: FailedFile[] = [], failedFilesTotal = failedFiles.length): DocumentsOutcome => ({
  processingStatus: failedFilesTotal > 0 ? 'COMPLETED_WITH_ERRORS' : 'SUCCESS',
  failedFiles,
  failedFilesTotal,
});
const saved = (fileId: string, nodeId: string | null = null): SavedOutput => ({
  jobId: 'j',
  fileId,
  nodeId,
  location: `file:///out/${fileId}`,
  bytes: 2,
  sha256: 'x',
  contentType: 'application/json',
});

test('good with all its outputs, in their order', () => {
  const collected = { saved: [saved('a-0', 'n1'), saved('b-0', 'n1'), saved('a-0', 'n2')], lost: [] };
  const [a, b, c] = documentResults(documents, match, none, told(), collected);
  expect(a).toEqual({
    ref: 'file:///a.pdf',
    fileId: 'a-0',
    status: 'ok',
    outputs: [saved('a-0', 'n1'), saved('a-0', 'n2')],
  });
  expect(b?.status).toBe('ok');
  const reason = 'nothing was fetched of it, and its outcome is unknown';
  expect(c).toEqual({ ref: 'file:///c.pdf', fileId: null, status: 'missing', reason, outputs: [] });
});

test("failed with the vendor's reason, which wins over a lost output", () => {
  const lost = { jobId: 'j', fileId: 'a-0', nodeId: null, type: 'T', message: 'gone' };
  const failed = told([{ document: 'a.pdf', error: 'encrypted' }]);
  const [a] = documentResults(documents, match, { ...none, reasons: ['encrypted'] }, failed, {
    saved: [],
    lost: [lost],
  });
  expect(a).toMatchObject({ status: 'failed', reason: 'encrypted' });
});

test('failed where an output was lost, with what was saved', () => {
  const lost = { jobId: 'j', fileId: 'a-0', nodeId: 'n2', type: 'T', message: 'gone' };
  const [a] = documentResults(documents, match, none, told(), { saved: [saved('a-0', 'n1')], lost: [lost] });
  expect(a).toMatchObject({ status: 'failed', reason: 'gone', outputs: [{ nodeId: 'n1' }] });
});

test('a file without an output is missing, not good', () => {
  const results = documentResults(documents, match, none, told(), { saved: [saved('a-0')], lost: [] });
  expect(results.map(({ status }) => status)).toEqual(['ok', 'missing', 'missing']);
});

test('where nothing was to be fetched, a known file that did not fail is good', () => {
  const failures = { ...none, reasons: [undefined, 'x'] };
  const results = documentResults(documents, match, failures, told([{ document: 'b-0', error: 'x' }]), null);
  expect(results.map(({ status }) => status)).toEqual(['ok', 'failed', 'missing']);
});

test.each([
  ['nobody asked, or the API did not tell', null, none],
  ['the list of failed documents is cut', told([{ document: 'x', error: 'x' }], 2), none],
  ['documents failed, and the list is empty', { ...told(), processingStatus: 'COMPLETED_WITH_ERRORS' }, none],
  ['a name in the list is not known', told([{ document: 'x', error: 'x' }]), { ...none, isComplete: false }],
])('nothing is good unseen where %s', (_, outcome, failures) => {
  const statuses = (collected: CollectAnswer | null) =>
    documentResults(documents, match, failures, outcome, collected).map(({ status }) => status);
  expect(statuses(null)).toEqual(['missing', 'missing', 'missing']);
  expect(statuses({ saved: [saved('a-0')], lost: [] })).toEqual(['ok', 'missing', 'missing']);
});

test('files come with their nodes in order, also those that only the input ids name', () => {
  const nodeFiles = [
    { fileId: 'a', nodeId: 'n1' },
    { fileId: 'b', nodeId: 'n1' },
    { fileId: 'a', nodeId: 'n2' },
  ];
  expect(toCollectFiles(nodeFiles, ['c', 'a'])).toEqual([
    { fileId: 'c', nodeIds: [] },
    { fileId: 'a', nodeIds: ['n1', 'n2'] },
    { fileId: 'b', nodeIds: ['n1'] },
  ]);
});
