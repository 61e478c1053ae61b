import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodedBytes } from '../../../src/core/encoded-size';
import { expectedBytes, listItems } from '../../../src/core/run/collect';
import { transferFailure } from '../../../src/core/run/failure';
import { outputPaths } from '../../../src/core/run/output-names';
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

it('keeps with each output what its name is made of', () => {
  const file = { fileId: 'a.pdf', nodeIds: ['n1'], path: '2026/a.pdf', hash: 'd1' };
  expect(listItems({ files: [file], which: 'all' })).toEqual([
    { fileId: 'a.pdf', nodeId: 'n1', lastNodeId: 'n1', path: '2026/a.pdf', hash: 'd1' },
  ]);
  const none = { ...files[1]!, path: null, hash: null } as never;
  expect(Object.keys(listItems({ files: [none], which: 'all' })[0]!)).toEqual(['fileId', 'nodeId', 'lastNodeId']);
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

it('expects of names by a template no less than comes, whatever documents are called', () => {
  const request = { jobId: JOB_ID, to: 'file:///out', which: 'all' as const };
  const documents = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 4 });
  const templates = fc.constantFrom('{path}/{stem}.{ext}.json', '{node}/{hash}/{fileId}-{stem}', 'a b/{stem}');
  fc.assert(
    fc.property(documents, templates, (paths, name) => {
      const all = paths.map((path, index) => ({ fileId: `${index}`, nodeIds: [], path, hash: '0'.repeat(16) }));
      const named = outputPaths(
        all.map(({ nodeIds: _, ...file }) => ({ ...file, nodeId: null, sourceHash: file.fileId.padStart(16, '0') })),
        name,
      );
      const location = (path: string) => `file:///out/${path.split('/').map(encodeURIComponent).join('/')}`;
      const actual = named.map((path, index) =>
        encodedBytes({ ...saved, fileId: all[index]!.fileId, location: location(path) }),
      );
      expect(expectedBytes({ ...request, name, files: all })).toBeGreaterThanOrEqual(
        actual.reduce((sum, bytes) => sum + bytes, 0),
      );
    }),
    { numRuns: 1_000 },
  );
});

it('expects of a template not many times as much', () => {
  const file = { fileId: 'token-0-a-00000000.pdf', nodeIds: [], path: '2026/11/report-17.pdf', hash: '0'.repeat(16) };
  const location = 'file:///out/2026/11/report-17.json';
  const name = '{path}/{stem}.json';
  const expected = expectedBytes({ jobId: JOB_ID, to: 'file:///out', which: 'final', name, files: [file] });
  expect(expected).toBeLessThan(encodedBytes({ ...saved, fileId: file.fileId, location }) + 100);
});
