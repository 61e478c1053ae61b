// The table of a finished run says what became of its documents, and where the outputs went.
import { expect, test } from 'vitest';
import type { RunProgress } from '../../../src/core/run/progress';
import type { DocumentResult } from '../../../src/core/run/result';
import { detailsOfRun } from '../../../workflows/run/current-details';

const PROGRESS: RunProgress = {
  phase: 'ended',
  done: null,
  total: null,
  account: null,
  jobId: 'j',
  documents: 4,
  start: null,
  fetching: null,
  wait: null,
  nodeStats: null,
  unserved: null,
};
const saved = { jobId: 'j', fileId: 'f', nodeId: null, location: 'x', bytes: 1, sha256: '', contentType: '' };
const documents: DocumentResult[] = [
  { ref: 'a', fileId: 'a', status: 'ok', outputs: [saved, saved] },
  { ref: 'b', fileId: 'b', status: 'ok', outputs: [saved] },
  { ref: 'c', fileId: 'c', status: 'failed', reason: 'encrypted', outputs: [] },
  { ref: 'd', fileId: null, status: 'missing', reason: 'unknown', outputs: [] },
];
const result = { documents, otherOutputs: [saved], lostOutputsTotal: 0 };
const outputs = { to: 's3://user:secret@bucket/out?sig=SECRET' };

test('it counts the documents that are ok, failed and missing, and the outputs', () => {
  const table = detailsOfRun(PROGRESS, { result, outputs });
  expect(table).toContain('| Documents | 4: 2 ok, 1 failed, 1 missing |');
  expect(table).toContain('| Outputs | 4 saved under `s3://bucket/out` |');
  expect(table.toLowerCase()).not.toContain('secret');
});

test('it tells lost outputs, and nothing of outputs where none were asked for', () => {
  const lost = detailsOfRun(PROGRESS, { result: { ...result, lostOutputsTotal: 3 }, outputs });
  expect(lost).toContain('| Outputs | 4 saved under `s3://bucket/out`, 3 lost |');
  expect(detailsOfRun(PROGRESS, { result, outputs: null })).not.toContain('Outputs');
});

test('before the end, and for a run that failed, it tells how many documents there are', () => {
  expect(detailsOfRun(PROGRESS)).toContain('| Documents | 4 |');
  expect(
    detailsOfRun({ ...PROGRESS, documents: 0 }, { result: { ...result, documents: [] }, outputs: null }),
  ).toContain('| Documents | 0 |');
});
