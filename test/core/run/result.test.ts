// One entry for each document: good with its outputs, failed with a reason, or missing; never good without evidence.
import { expect, test } from 'vitest';
import type { SavedOutput } from '../../../src/core/output';
import { documentResults, filesOf } from '../../../src/core/run/result';

const documents = [{ ref: 'file:///a.pdf' }, { ref: 'file:///b.pdf' }, { ref: 'file:///c.pdf' }];
const uploads = ['a.pdf', 'b.pdf', 'c.pdf'].map((uploadName) => ({ ref: `file:///${uploadName}`, uploadName }));
const match = { fileIds: ['a-0', 'b-0', null], others: [] };
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
  const [a, b, c] = documentResults(documents, uploads, match, [], collected);
  expect(a).toEqual({
    ref: 'file:///a.pdf',
    fileId: 'a-0',
    status: 'ok',
    outputs: [saved('a-0', 'n1'), saved('a-0', 'n2')],
  });
  expect(b?.status).toBe('ok');
  expect(c).toEqual({ ref: 'file:///c.pdf', fileId: null, status: 'missing', outputs: [] });
});

test("failed with the vendor's reason, which wins over a lost output", () => {
  const lost = { jobId: 'j', fileId: 'a-0', nodeId: null, type: 'T', message: 'gone' };
  const failed = [{ document: 'a.pdf', error: 'encrypted' }];
  const [a] = documentResults(documents, uploads, match, failed, { saved: [], lost: [lost] });
  expect(a).toMatchObject({ status: 'failed', reason: 'encrypted' });
});

test('failed where an output was lost, with what was saved', () => {
  const lost = { jobId: 'j', fileId: 'a-0', nodeId: 'n2', type: 'T', message: 'gone' };
  const [a] = documentResults(documents, uploads, match, [], { saved: [saved('a-0', 'n1')], lost: [lost] });
  expect(a).toMatchObject({ status: 'failed', reason: 'gone', outputs: [{ nodeId: 'n1' }] });
});

test('a file without an output is missing, not good', () => {
  const results = documentResults(documents, uploads, match, [], { saved: [saved('a-0')], lost: [] });
  expect(results.map(({ status }) => status)).toEqual(['ok', 'missing', 'missing']);
});

test('where nothing was to be fetched, a known file that did not fail is good', () => {
  const results = documentResults(documents, uploads, match, [{ document: 'b-0', error: 'x' }], null);
  expect(results.map(({ status }) => status)).toEqual(['ok', 'failed', 'missing']);
});

test('files come with their nodes in order, also those that only the input ids name', () => {
  const nodeFiles = [
    { fileId: 'a', nodeId: 'n1' },
    { fileId: 'b', nodeId: 'n1' },
    { fileId: 'a', nodeId: 'n2' },
  ];
  expect(filesOf(nodeFiles, ['c', 'a'])).toEqual([
    { fileId: 'c', nodeIds: [] },
    { fileId: 'a', nodeIds: ['n1', 'n2'] },
    { fileId: 'b', nodeIds: ['n1'] },
  ]);
});
