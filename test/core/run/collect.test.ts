import { expect, it } from 'vitest';
import { encodedBytes } from '../../../src/core/encoded-size';
import { expectedBytes, listItems } from '../../../src/core/run/collect';
import { transferFailure } from '../../../src/core/run/failure';
import { JOB_ID } from '../fixtures';

const files = [
  { fileId: 'a.pdf', nodeIds: ['n1', 'n2'] },
  { fileId: 'b.pdf', nodeIds: [] },
];
const saved = {
  jobId: JOB_ID,
  fileId: 'a.pdf',
  nodeId: null,
  location: 'file:///out/a.json',
  bytes: 7,
  sha256: '0'.repeat(64),
  contentType: 'application/json',
};
const lost = {
  jobId: JOB_ID,
  fileId: 'b.pdf',
  nodeId: null,
  type: 'UnstructuredNotFoundError',
  message: 'answered 404',
};

it('asks for the final output of each file, and knows its last node', () => {
  expect(listItems({ files, which: 'final' })).toEqual([
    { fileId: 'a.pdf', nodeId: null, lastNodeId: 'n2' },
    { fileId: 'b.pdf', nodeId: null, lastNodeId: null },
  ]);
});

it("asks for every node's output in node order, and for the final one of a file whose nodes nobody told", () => {
  expect(listItems({ files, which: 'all' })).toEqual([
    { fileId: 'a.pdf', nodeId: 'n1', lastNodeId: 'n2' },
    { fileId: 'a.pdf', nodeId: 'n2', lastNodeId: 'n2' },
    { fileId: 'b.pdf', nodeId: null, lastNodeId: null },
  ]);
});

it.each([
  [[lost], '1 output of job'],
  [[lost, { ...lost, fileId: 'c.pdf' }], '2 outputs of job'],
])('tells what was lost and what was saved', (all, count) => {
  expect(transferFailure(JOB_ID, { saved: [saved], lost: all })).toEqual({
    type: 'UnstructuredTransferError',
    message: `${count} ${JOB_ID} could not be saved whole, 1 were; the first: UnstructuredNotFoundError: answered 404`,
    details: { jobId: JOB_ID, lost: all, lostTotal: all.length, saved: [saved], savedTotal: 1 },
  });
});

it.each([
  ['a.pdf', 1],
  ['文書.pdf', 2],
])('expects of %s no less than comes, and not many times as much', (fileId, most) => {
  const to = 'file:///out';
  const location = `${to}/${encodeURIComponent(fileId)}-0123456789abcdef.json`;
  const actual = encodedBytes({ ...saved, fileId, location });
  const expected = expectedBytes({ jobId: JOB_ID, to, which: 'final', files: [{ fileId, nodeIds: [] }] });
  expect(expected).toBeGreaterThanOrEqual(actual);
  expect(expected).toBeLessThan(actual * most + 100);
});

it('adds up what is expected of each output', () => {
  const request = { jobId: JOB_ID, to: 'file:///out', which: 'all' as const };
  const one = expectedBytes({ ...request, files: [{ fileId: 'a.pdf', nodeIds: ['n1'] }] });
  const two = expectedBytes({ ...request, files: [{ fileId: 'a.pdf', nodeIds: ['n1', 'n2'] }] });
  expect(two).toBe(2 * one);
});
