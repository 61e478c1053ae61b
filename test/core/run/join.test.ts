// What the memo of a run tells: whose documents it is for, and what takes it up.
import { describe, expect, it, test } from 'vitest';
import { answerNote } from '../../../src/core/run/answer';
import { documentsDigest } from '../../../src/core/run/documents-digest';
import { memoOfRun, refuseOtherRun, resumeIn, runToJoin } from '../../../src/core/run/join';
import type { RunJobInput } from '../../../src/core/run/input';
import { JOB_ID } from '../fixtures';

const documents = [{ ref: 'file:///a.pdf' }];
const digest = documentsDigest(documents);
const none = documentsDigest([]);

describe('a memo', () => {
  it('tells of the documents, and of nothing to take up where there is nothing', () => {
    expect(memoOfRun({ documents })).toEqual({
      'unstructured.documents': digest,
      'unstructured.answer': answerNote({}),
    });
    for (const given of [{}, { documents: null, resume: null }])
      expect(memoOfRun(given)).toMatchObject({ 'unstructured.documents': none });
  });

  it('holds known files of either form in groups, and none that do not fit', () => {
    const nodeFiles = ['a', 'b'].map((fileId) => ({ fileId, nodeId: 'n' }));
    const groups = [{ fileIds: ['a', 'b'], nodeIds: ['n'] }];
    const noted = (knownFiles?: typeof nodeFiles | typeof groups) =>
      resumeIn(memoOfRun({ documents, resume: { jobId: JOB_ID, ...(knownFiles && { knownFiles }) } }));
    expect(noted(nodeFiles)).toEqual({ jobId: JOB_ID, knownFiles: groups });
    expect(noted(groups)).toEqual({ jobId: JOB_ID, knownFiles: groups });
    expect(noted()).toEqual({ jobId: JOB_ID });
    const many = Array.from({ length: 5_000 }, (_, n) => ({ fileId: `file-${n}.pdf`, nodeId: 'n' }));
    expect(noted(many)).toEqual({ jobId: JOB_ID });
  });

  it('tells lists of workflows of the job that it takes up, and of the account', () => {
    const memo = memoOfRun({ documents, account: 'eu', resume: { jobId: JOB_ID.toUpperCase() } });
    expect(memo).toMatchObject({ 'unstructured.jobId': JOB_ID, 'unstructured.account': 'eu' });
    expect(Object.keys(memoOfRun({ documents, account: null, resume: { sentAt: '2026-01-01T00:00:00Z' } }))).toEqual([
      ...Object.keys(memoOfRun({ documents })),
      'unstructured',
    ]);
  });

  it('of a run that noted nothing takes nothing up', () => {
    for (const memo of [undefined, {}, { unstructured: null }]) expect(resumeIn(memo)).toBeNull();
  });
});

test('a run is joined by its documents, and by its job alone where only that is handed in', () => {
  expect(runToJoin({ documents }).digest).toBe(digest);
  expect(runToJoin({ documents, resume: { jobId: JOB_ID } }).digest).toBe(digest);
  expect(runToJoin({}).digest).toBe(none);
  expect(runToJoin({ documents: null, resume: { sentAt: '2026-01-01T00:00:00Z' } }).digest).toBe(none);
  expect(runToJoin({ documents: [], resume: { jobId: JOB_ID } }).digest).toBeUndefined();
});

describe('other documents are refused', () => {
  const message = /^Option documents must be the list that the earlier run sent/;

  it('by what the run is for, else by what it noted of its start', () => {
    for (const memo of [{ 'unstructured.documents': none }, { unstructured: { digest: none } }]) {
      expect(() => refuseOtherRun(memo, { digest })).toThrow(message);
      expect(() => refuseOtherRun(memo, { digest: none })).not.toThrow();
      expect(() => refuseOtherRun(memo, {})).not.toThrow();
    }
    const both = { 'unstructured.documents': digest, unstructured: { digest: none } };
    expect(() => refuseOtherRun(both, { digest })).not.toThrow();
  });

  it('also where both were written with null for what is not given', () => {
    const input = (ref: string) =>
      ({ documents: [{ ref, name: null, path: null, identity: null, contentType: null }] }) as unknown as RunJobInput;
    const memo = memoOfRun(input('s3://inbox/customer-1.pdf'));
    expect(() => refuseOtherRun(memo, runToJoin(input('s3://inbox/customer-2.pdf')))).toThrow(message);
    expect(() => refuseOtherRun(memo, runToJoin({ documents: [{ ref: 's3://inbox/customer-1.pdf' }] }))).not.toThrow();
  });

  it('where the memo tells of any', () => {
    for (const memo of [undefined, {}, { unstructured: null }, { 'unstructured.documents': 7 }])
      expect(() => refuseOtherRun(memo, { digest })).not.toThrow();
  });
});
