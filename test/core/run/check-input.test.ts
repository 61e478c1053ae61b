// The edges of a run's input: what is just good, and what is just not.
import { describe, expect, test } from 'vitest';
import {
  checkDocuments,
  checkKey,
  checkOutputs,
  checkResume,
  checkSameDocuments,
  checkTarget,
} from '../../../src/core/run/check-input';
import { documentsDigest } from '../../../src/core/run/documents-digest';
import { JOB_ID } from '../fixtures';

const REF = 'file:///a.pdf';

describe('a start', () => {
  test.each([{ templateId: 'a' }, { jobNodes: [{}] }, { workflowId: JOB_ID }])('may be %j', (start) => {
    expect(checkTarget(start as never)).toEqual(start);
  });

  test('may leave the others null', () => {
    expect(checkTarget({ templateId: 'a', workflowId: null } as never)).toEqual({ templateId: 'a' });
  });

  test.each([
    { templateId: '' },
    { templateId: 7 },
    { jobNodes: [] },
    { jobNodes: {} },
    { jobNodes: [{}, null] },
    { workflowId: 'nightly' },
    { template: 'a' },
    { template: JOB_ID },
    { templateId: 'a', jobNodes: [{}] },
    [],
    null,
    'a',
  ])('may not be %j', (start) => {
    expect(() => checkTarget(start as never)).toThrow(
      "Option start must be { templateId: 'name' }, { jobNodes: [node, …] } or { workflowId: a uuid }; got ",
    );
  });
});

describe('documents', () => {
  test.each([{ ref: REF }, { ref: REF, name: 'b.pdf' }, { ref: REF, contentType: 'text/plain' }])(
    'may be %j',
    (document) => {
      expect(checkDocuments([document, document], 2)).toEqual([document, document]);
    },
  );

  test.each([{}, { ref: '' }, { ref: 7 }, { ref: REF, name: '' }, { ref: REF, contentType: 7 }, null, REF, [REF]])(
    'may not be %j',
    (document) => {
      expect(() => checkDocuments([{ ref: REF }, document as never], 2)).toThrow(
        "Option documents[1] must be { ref: 'a URL', name?, contentType? }.",
      );
    },
  );
});

describe('outputs', () => {
  const to = 'file:///out';
  test('have a default for all but the place', () => {
    expect(checkOutputs({ to })).toEqual({ to, which: 'final', onLost: 'fail', parallel: 8 });
  });

  test.each([{ which: 'all' }, { onLost: 'return' }, { parallel: 1 }, { parallel: 64 }])('take %j', (option) => {
    expect(checkOutputs({ to, ...option } as never)).toMatchObject(option);
  });

  test.each([
    [{ to: '' }, 'Option outputs.to must be the URL of a folder or prefix'],
    [{ to: 7 }, 'Option outputs.to must be the URL of a folder or prefix'],
    [[], 'Option outputs.to must be the URL of a folder or prefix'],
    [{ to, which: 'last' }, "Option outputs.which must be 'final' or 'all'; got \"last\"."],
    [{ to, onLost: 'skip' }, "Option outputs.onLost must be 'fail' or 'return'; got \"skip\"."],
    [{ to, parallel: 65 }, 'Option outputs.parallel must be a whole number from 1 to 64; got 65.'],
    [{ to, parallel: 1.5 }, 'Option outputs.parallel must be a whole number from 1 to 64; got 1.5.'],
    [{ to, sync: true }, 'Unknown option outputs.sync; known are to, which, onLost, parallel.'],
  ])('refuse %j', (outputs, message) => {
    expect(() => checkOutputs(outputs as never)).toThrow(message);
  });
});

describe('what is taken up', () => {
  const sentAt = '2026-01-01T00:00:00.000Z';

  test.each([
    { jobId: JOB_ID },
    { jobId: JOB_ID, token: 'abc123', ours: true, others: [JOB_ID] },
    { jobId: JOB_ID, token: '0'.repeat(32), ours: false },
    { sentAt },
  ])('may be %j', (resume) => {
    expect(checkResume(resume)).toEqual(resume);
  });

  test('is known by its id in small letters', () => {
    expect(checkResume({ jobId: JOB_ID.toUpperCase() })).toEqual({ jobId: JOB_ID });
  });

  test.each([
    [{}, 'Option resume.jobId must be a uuid'],
    [JOB_ID, 'Option resume.jobId must be a uuid'],
    [{ sentAt: 'yesterday' }, 'Option resume.jobId must be a uuid'],
    [{ sentAt: 7 }, 'Option resume.jobId must be a uuid'],
    [{ jobId: 'x', sentAt }, 'Option resume.jobId must be a uuid; got "x".'],
    [{ jobId: JOB_ID, token: 'abc12' }, 'Option resume.token must be the token of an earlier start; got "abc12".'],
    [{ jobId: JOB_ID, token: 'x'.repeat(33) }, 'Option resume.token must be'],
    [{ jobId: JOB_ID, token: 'abc123/' }, 'Option resume.token must be'],
    [{ jobId: JOB_ID, token: '/abc123' }, 'Option resume.token must be'],
    [{ jobId: JOB_ID, others: JOB_ID }, 'Option resume.others must be a list of job ids.'],
    [{ jobId: JOB_ID, others: ['x'] }, 'Option resume.others must be a list of job ids.'],
    [
      { sentAt: '2026-01-01T00:00:00Z', lostAt: 'soon' },
      'Option resume.lostAt must be an ISO-8601 instant; got "soon".',
    ],
  ])('may not be %j', (resume, message) => {
    expect(() => checkResume(resume as never)).toThrow(message);
  });

  test('belongs to the same documents', () => {
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

test.each([undefined, '', 7])('a key may not be %j', (key) => {
  expect(() => checkKey(key)).toThrow('Option key must be a string that is not empty.');
});
