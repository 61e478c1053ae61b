// What a run takes up is checked before anything is done: what is just good, and what is just not.
import { describe, expect, it } from 'vitest';
import { documentsDigest } from '../../../src/core/run/documents-digest';
import { checkResume, checkSameDocuments } from '../../../src/core/run/resume';
import { JOB_ID } from '../fixtures';

const REF = 'file:///a.pdf';

describe('what is taken up', () => {
  const sentAt = '2026-01-01T00:00:00.000Z';

  it.each([
    { jobId: JOB_ID },
    { jobId: JOB_ID, token: 'abc123', startedByRun: true, earlierJobIds: [JOB_ID] },
    { jobId: JOB_ID, token: '0'.repeat(32), startedByRun: false },
    { jobId: JOB_ID, knownFiles: [{ nodeId: 'n', fileId: 'a.pdf' }] },
    { sentAt },
  ])('may be %j', (resume) => {
    expect(checkResume(resume)).toEqual(resume);
  });

  it('is known by its id in small letters', () => {
    expect(checkResume({ jobId: JOB_ID.toUpperCase() })).toEqual({ jobId: JOB_ID });
  });

  it.each<[unknown, string]>([
    [{}, 'Option resume.jobId must be a uuid; got undefined.'],
    [JOB_ID, 'Option resume must be { jobId }, or what an earlier run left behind; got "'],
    [null, 'Option resume must be { jobId }'],
    [{ sentAt: 'yesterday' }, 'Option resume.sentAt must be an ISO-8601 instant with its offset; got "yesterday".'],
    [{ sentAt: '2026-01-01T00:00:00' }, 'Option resume.sentAt must be an ISO-8601 instant with its offset'],
    [{ sentAt: 7 }, 'Option resume.sentAt must be an ISO-8601 instant with its offset; got 7.'],
    [{ sentAt, lostAt: 'soon' }, 'Option resume.lostAt must be an ISO-8601 instant with its offset; got "soon".'],
    [{ jobId: JOB_ID, sentAt: 'yesterday' }, 'Option resume.sentAt must be'],
    [{ jobId: 'x', sentAt }, 'Option resume.jobId must be a uuid; got "x".'],
    [{ jobId: JOB_ID, token: 'abc12' }, 'Option resume.token must be the token of an earlier start; got "abc12".'],
    [{ jobId: JOB_ID, token: 'x'.repeat(33) }, 'Option resume.token must be'],
    [{ jobId: JOB_ID, token: 'abc123/' }, 'Option resume.token must be'],
    [{ jobId: JOB_ID, token: '/abc123' }, 'Option resume.token must be'],
    [{ jobId: JOB_ID, token: 1234567 }, 'Option resume.token must be the token of an earlier start; got 1234567.'],
    [{ jobId: JOB_ID, digest: 7 }, 'Option resume.digest must be the digest of an earlier run; got 7.'],
    [{ jobId: JOB_ID, earlierJobIds: JOB_ID }, 'Option resume.earlierJobIds must be a list of job ids; got "'],
    [{ jobId: JOB_ID, earlierJobIds: ['x'] }, 'Option resume.earlierJobIds must be a list of job ids; got ["x"].'],
    [{ jobId: JOB_ID, job: JOB_ID }, 'Unknown option resume.job; known are knownFiles, jobId, token, '],
  ])('may not be %j', (resume, message) => {
    expect(() => checkResume(resume as never)).toThrow(message);
  });

  it.each([{}, 'a.pdf', [null], [7], [{ fileId: 'a' }], [{ nodeId: 'n' }], [{ nodeId: 'n', fileId: 7 }]])(
    'has no files %j',
    (knownFiles) => {
      expect(() => checkResume({ jobId: JOB_ID, knownFiles } as never)).toThrow(
        'Option resume.knownFiles must be a list of { nodeId, fileId }; got ',
      );
    },
  );

  it('has its files for itself, also where they came in groups', () => {
    const resume = { jobId: JOB_ID, knownFiles: [{ fileIds: ['a', 'b'], nodeIds: ['n'] }] };
    const knownFiles = [
      { nodeId: 'n', fileId: 'a' },
      { nodeId: 'n', fileId: 'b' },
    ];
    expect(checkResume(resume)).toEqual({ jobId: JOB_ID, knownFiles });
    expect(() => checkResume({ jobId: JOB_ID, knownFiles: [...resume.knownFiles, ...knownFiles] as never })).toThrow(
      'Option resume.knownFiles must be a list of { nodeId, fileId }',
    );
  });

  it('belongs to the same documents', () => {
    const documents = [{ ref: REF }];
    const digest = documentsDigest(documents);
    expect(() => checkSameDocuments(documents, { digest })).not.toThrow();
    expect(() => checkSameDocuments([], { digest, jobId: JOB_ID })).not.toThrow();
    expect(() => checkSameDocuments([{ ref: 'file:///b.pdf' }], { jobId: JOB_ID })).not.toThrow();
    for (const others of [[], [{ ref: 'file:///b.pdf' }], [...documents, ...documents]])
      expect(() => checkSameDocuments(others, { digest })).toThrow(/^Option documents must be the list/);
    expect(() => checkSameDocuments([{ ref: 'file:///b.pdf' }], { digest, jobId: JOB_ID })).toThrow(/use a new key/);
  });
});
