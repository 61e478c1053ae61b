import { expect, test } from 'vitest';
import { isManifestLine, linesOfFailure, linesOfResult, shownIdentity } from '../../../src/core/batch/manifest-lines';
import { addCounts, countStatuses } from '../../../src/core/batch/manifest';
import { partCancelled, partFailure, type RunAtEnd, SILENT } from '../../../src/core/batch/part-failure';
import type { DocumentResult } from '../../../src/core/run/result';

const PLANNED = ['a', 'b', 'c', 'd'].map((name) => ({
  ref: `s3://inbox/${name}.pdf`,
  bytes: 3,
  version: `etag-${name}`,
}));

const SAVED = {
  jobId: 'job',
  fileId: 'f',
  nodeId: null,
  location: 's3://out/f.json',
  bytes: 1,
  sha256: 'aa',
  contentType: 'application/json',
};

const RUN = { workflowId: 'key/1', runId: 'run' };
const NOTHING_SENT: RunAtEnd = { resume: undefined, verdict: null };

test('a line for each document, in the order of the plan', () => {
  const results: DocumentResult[] = [
    { ref: '', fileId: 'f', status: 'ok', outputs: [SAVED] },
    { ref: '', fileId: 'g', status: 'failed', reason: 'broken', outputs: [] },
    { ref: '', fileId: null, status: 'missing', reason: 'nobody knows', outputs: [] },
    { ref: '', fileId: null, status: 'skipped', reason: 'it is empty', refusal: 'empty', outputs: [] },
  ];
  const lines = linesOfResult(PLANNED, results, 'job', RUN);
  expect(
    lines.map(({ ref, status, reason, refusal, jobId, fileId }) => [ref, status, reason, refusal, jobId, fileId]),
  ).toEqual([
    ['s3://inbox/a.pdf', 'ok', null, null, 'job', 'f'],
    ['s3://inbox/b.pdf', 'failed', 'broken', null, 'job', 'g'],
    ['s3://inbox/c.pdf', 'missing', 'nobody knows', null, 'job', null],
    ['s3://inbox/d.pdf', 'refused', 'it is empty', 'empty', null, null],
  ]);
  const { jobId: _jobId, fileId: _fileId, ...output } = SAVED;
  expect(lines[0]).toMatchObject({
    bytes: 3,
    version: 'etag-a',
    identity: 's3://inbox/a.pdf',
    path: null,
    ...RUN,
    outputs: [output],
  });
  expect(countStatuses(lines)).toEqual({ ok: 1, failed: 1, refused: 1, missing: 1 });
  expect(lines.every(isManifestLine)).toBe(true);
});

test('a document of which the result says nothing is missing', () => {
  expect(linesOfResult(PLANNED.slice(0, 1), [], 'job', RUN)).toMatchObject([{ status: 'missing', jobId: 'job' }]);
});

test('no line holds what may be a secret, and documents that differ in it alone are told apart', () => {
  const links = ['one', 'two'].map((token) => ({ ref: `https://user:pass@host/a.pdf?id=${token}#part` }));
  const lines = linesOfFailure(links, SILENT, null);
  expect(JSON.stringify(lines)).not.toMatch(/one|two|user|pass|part/);
  expect(new Set(lines.map(({ identity }) => identity)).size).toBe(2);
  expect(shownIdentity({ ref: 's3://inbox/a?b.pdf' })).toBe('s3://inbox/a?b.pdf');
  expect(shownIdentity({ ref: 'https://host/a?token=x', identity: 'invoice 7' })).toBe('invoice 7');
});

const LATER = '2026-01-01T00:00:00Z';
const SENT = { sentAt: LATER };
const JOB = { jobId: 'j' };

test.each<[string | null, RunAtEnd, object, string, string | null]>([
  ['UnstructuredJobFailedError', { resume: JOB, verdict: 'failed' }, {}, 'failed', 'j'],
  ['UnstructuredJobStoppedError', { resume: JOB, verdict: 'stopped' }, {}, 'failed', 'j'],
  ['UnstructuredJobTimeoutError', { resume: JOB, verdict: 'stopped' }, {}, 'failed', 'j'],
  ['UnstructuredJobTimeoutError', { resume: JOB, verdict: 'running' }, {}, 'missing', 'j'],
  ['UnstructuredTransferError', { resume: JOB, verdict: 'completed' }, { lost: ['a'] }, 'missing', 'j'],
  ['UnstructuredTransferError', { resume: JOB, verdict: 'running' }, { lost: [] }, 'missing', 'j'],
  ['UnstructuredOutputListTooLargeError', { resume: JOB, verdict: 'completed' }, {}, 'missing', 'j'],
  ['UnstructuredUnreachableError', { resume: JOB, verdict: 'completed' }, {}, 'missing', 'j'],
  ['UnstructuredUnreachableError', { resume: JOB, verdict: 'queued' }, {}, 'missing', 'j'],
  ['UnstructuredUnreachableError', { resume: JOB, verdict: 'unknown' }, {}, 'missing', 'j'],
  ['UnstructuredAuthenticationError', { resume: JOB, verdict: null }, {}, 'missing', 'j'],
  ['UnstructuredStartUncertainError', { resume: SENT, verdict: null }, {}, 'missing', null],
  ['UnstructuredTransferError', { resume: SENT, verdict: null }, { lost: [] }, 'missing', null],
  ['UnstructuredAuthenticationError', { resume: undefined, verdict: null }, {}, 'failed', null],
  ['UnstructuredValidationError', { resume: undefined, verdict: null }, {}, 'failed', null],
  [null, { resume: undefined, verdict: null }, {}, 'failed', null],
])('%s of a run with %o leaves documents that are %s', (type, run, details, status, jobId) => {
  const message = 'what happened';
  expect(partFailure(type, message, details, run)).toEqual({
    status,
    unsettled: status === 'missing',
    jobId,
    reason: expect.stringContaining(type === null ? message : `${type}: ${message}`) as string,
    refused: [],
  });
});

test('documents whose job may still run are told what takes it up', () => {
  const { reason } = partFailure('UnstructuredUnreachableError', 'no answer', {}, { resume: JOB, verdict: 'running' });
  expect(reason).toBe('UnstructuredUnreachableError: no answer. Run the same key to resume it');
});

test.each<[RunAtEnd, boolean, string]>([
  [{ resume: undefined, verdict: null }, false, 'the run of its job was cancelled before it started one'],
  [{ resume: SENT, verdict: null }, true, 'the run of its job was cancelled. It may have started a job'],
  [{ resume: JOB, verdict: null }, true, 'before the outputs were fetched. Run the same key to resume it'],
  [{ resume: JOB, verdict: 'running' }, true, 'before the outputs were fetched. Run the same key to resume it'],
  [{ resume: JOB, verdict: 'completed' }, true, 'before the outputs were fetched. Run the same key to resume it'],
  [{ resume: JOB, verdict: 'stopped' }, false, 'and the job did not succeed'],
  [{ resume: JOB, verdict: 'failed' }, false, 'and the job did not succeed'],
])('documents of a run that was cancelled with %o are missing, unsettled: %s', (run, unsettled, reason) => {
  const jobId = run.resume?.jobId ?? null;
  const known = partCancelled(run);
  expect(known).toMatchObject({ status: 'missing', unsettled, jobId, refused: [] });
  expect(known.reason).toContain(reason);
});

test('where all documents were refused, each says why', () => {
  const refused = [
    { ref: '', index: 0, reason: 'notFound', message: 'there is no such file' },
    { ref: '', index: 2, reason: 'empty', message: 'it is empty' },
    { index: 'x', reason: 'empty', message: '' },
    { index: 1, reason: 7, message: '' },
    { index: 3, reason: 'aReasonOfANewerWorker', message: 'it is in quarantine' },
  ];
  const failure = partFailure('UnstructuredDocumentRefusedError', 'refused', { refused }, NOTHING_SENT);
  expect(linesOfFailure(PLANNED, failure, RUN).map(({ status, refusal }) => [status, refusal])).toEqual([
    ['refused', 'notFound'],
    ['failed', null],
    ['refused', 'empty'],
    ['refused', 'aReasonOfANewerWorker'],
  ]);
});

test('counts are added by status', () => {
  const one = { ok: 1, failed: 2, refused: 3, missing: 4 };
  expect(addCounts(one, { ok: 10, failed: 20, refused: 30, missing: 40 })).toEqual({
    ok: 11,
    failed: 22,
    refused: 33,
    missing: 44,
  });
});

test.each(['failed', 'cancelled'])('documents that a start left out are in no job, also where its run %s', (how) => {
  const skipped = [{ index: 1, reason: 'notFound', message: 'there is no such file' } as const];
  const run: RunAtEnd = { resume: { ...JOB, skipped }, verdict: 'completed' };
  const known = how === 'failed' ? partFailure('UnstructuredTransferError', 'no', {}, run) : partCancelled(run);
  const lines = linesOfFailure(PLANNED, known, RUN);
  expect(lines.slice(0, 2)).toMatchObject([
    { status: 'missing', unsettled: true, jobId: 'j' },
    { status: 'refused', refusal: 'notFound', reason: 'there is no such file', unsettled: false, jobId: null },
  ]);
});
