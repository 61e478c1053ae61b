// The input of a run is checked before anything is sent; each error names the option and the value.
import { expect, test } from 'vitest';
import { UnstructuredError } from '../../../src/core/errors';
import { documentsDigest } from '../../../src/core/run/documents-digest';
import { resolveRunInput, type RunJobInput, waitOptionsFor } from '../../../src/core/run/input';
import { DEFAULT_START_OPTIONS } from '../../../src/core/start/options';
import { HOUR, JOB_ID, thrownBy } from '../fixtures';

const toMs = (value: unknown) => (typeof value === 'number' ? value : undefined);
const good = { start: { templateId: 'fast' }, documents: [{ ref: 'file:///a.pdf' }] };
const resolve = (input: object) => resolveRunInput(input as RunJobInput<unknown>, toMs);

test('defaults are filled in', () => {
  expect(resolve(good)).toMatchObject({
    jobToStart: { templateId: 'fast' },
    documents: good.documents,
    outputs: null,
    resume: null,
    nodeCounts: false,
    collectLimit: 24 * HOUR,
    options: DEFAULT_START_OPTIONS,
    continueAsNewAfterEvents: 1_000,
  });
  expect(resolve({ ...good, outputs: { to: 'file:///out' } }).outputs).toEqual({
    to: 'file:///out',
    which: 'final',
    onLost: 'fail',
    parallel: 8,
  });
});

test('null counts as not given, as other languages send it', () => {
  const places = { to: 'file:///out' };
  const nulls = {
    start: { templateId: 'fast', jobNodes: null, workflowId: null },
    documents: [{ ref: 'file:///a.pdf', name: null, contentType: null }],
    outputs: { ...places, which: null, onLost: null, parallel: null },
    ...{ resume: null, nodeCounts: null, collectLimit: null, version: null, continued: null },
  };
  expect(resolve(nulls)).toEqual(resolve({ ...good, outputs: places }));
  const resume = { jobId: null, knownFiles: null, token: null, sentAt: '2026-01-01T00:00:00.000Z' };
  expect(resolve({ ...good, outputs: null, resume }).resume).toEqual({ sentAt: resume.sentAt });
  const given = { start: null, documents: null, outputs: null, resume: { jobId: JOB_ID, sentAt: null } };
  expect(resolve(given)).toEqual(resolve({ resume: { jobId: JOB_ID } }));
});

test('options of the start and of the wait stand side by side', () => {
  const run = resolve({
    ...good,
    maxDocuments: 3,
    runLimit: HOUR,
    account: 'eu',
    activityTaskQueue: 'q',
    whenBusy: null,
  });
  expect(run.options).toEqual({ ...DEFAULT_START_OPTIONS, maxDocuments: 3 });
  expect(run.wait).toEqual({ runLimit: HOUR, account: 'eu', activityTaskQueue: 'q' });
  expect(run).toMatchObject({ account: 'eu', activityTaskQueue: 'q' });
});

test("what we started is cancelled by default, somebody else's job is left; the caller's word counts more", () => {
  expect(waitOptionsFor(resolve(good), true)).toMatchObject({ onCancel: 'cancel', onLimit: 'cancel' });
  expect(waitOptionsFor(resolve(good), false)).toMatchObject({ onCancel: 'leave', onLimit: 'leave' });
  const mixed = { onCancel: 'cancel', onLimit: 'leave' };
  expect(waitOptionsFor(resolve({ ...good, ...mixed }), true)).toMatchObject(mixed);
  expect(waitOptionsFor(resolve({ ...good, ...mixed }), false)).toMatchObject(mixed);
});

test.each([1_000, HOUR])('outputs may be fetched for %i ms', (collectLimit) => {
  expect(resolve({ ...good, collectLimit }).collectLimit).toBe(collectLimit);
});

test('a job that was handed in needs no start, a lost start needs what to start', () => {
  expect(resolve({ resume: { jobId: JOB_ID.toUpperCase() } }).resume).toEqual({ jobId: JOB_ID });
  expect(resolve({ ...good, resume: { jobId: JOB_ID } })).toMatchObject({
    jobToStart: null,
    resume: { jobId: JOB_ID },
  });
  expect(resolve({ ...good, resume: { token: null, sentAt: '2026-01-01T00:00:00.000Z' } }).resume).toBeTruthy();
  expect(() => resolve({ resume: { sentAt: '2026-01-01T00:00:00.000Z' } })).toThrow(/Option start is missing/);
});

test('an earlier run is taken up with the documents that it sent; where its job is known, even with none', () => {
  const digest = documentsDigest(good.documents);
  const sentAt = '2026-01-01T00:00:00.000Z';
  const renewed = [{ ref: 'box://17?ticket=new', identity: good.documents[0]!.ref }];
  expect(resolve({ ...good, documents: renewed, resume: { sentAt, digest } }).resume).toEqual({ sentAt, digest });
  expect(resolve({ resume: { jobId: JOB_ID, digest } }).documents).toEqual([]);
  const other = [{ ref: 'file:///b.pdf' }];
  const message = /^Option documents must be the list that the earlier run sent/;
  expect(() => resolve({ documents: other, resume: { jobId: JOB_ID, digest } })).toThrow(message);
  expect(() => resolve({ ...good, documents: [], resume: { sentAt, digest } })).toThrow(message);
});

test.each([
  ['documents', { ...good, documents: { ref: 'https://h/a.pdf?sig=SECRET' } }],
  ['start', { ...good, start: 'https://h/a.pdf?sig=SECRET' }],
  ['outputs', { ...good, outputs: { to: { url: 'https://h/a.pdf?sig=SECRET' } } }],
  ['all', 'https://h/a.pdf?sig=SECRET'],
])('a reference in a wrong place is not shown: %s', (_, input) => {
  expect(thrownBy(() => resolve(input as object))).toMatchObject({
    message: expect.not.stringContaining('SECRET') as unknown,
  });
});

test('what continue-as-new carried is no part of what may be said', () => {
  const state = { text: 'x'.repeat(2_000_000) } as never;
  expect(resolve({ ...good, continued: { version: 1, start: state } }).continued?.start).toBe(state);
});

test.each([
  ['carried state', { continued: { version: 2, start: null } }],
  ['input', { version: 2, continued: { version: 1, start: null } }],
])('the version of a newer %s is left to a newer worker', (_, input) => {
  const error = thrownBy(() => resolve({ ...good, ...input }));
  expect(error).not.toBeInstanceOf(UnstructuredError);
  expect(error).toMatchObject({ message: expect.stringMatching(/is 2, which this worker does not know/) as unknown });
});

test.each<[string, unknown]>([
  ['an empty object', {}],
  ['an empty list', []],
  ['a text', ''],
  ['a version that is a text', { version: '1', start: null }],
  ['a version before the first', { version: 0, start: null }],
  ['no start', { version: 1 }],
  ['a start that is a list', { version: 1, start: [] }],
  ['a wait that is a text', { version: 1, start: null, wait: 'x' }],
  ['options that are a list', { version: 1, start: null, options: [] }],
  ['an option that is a text', { version: 1, start: null, options: { startOutageBudget: 'long' } }],
  ['an option below 0', { version: 1, start: null, options: { startOutageBudget: -1 } }],
  ['an option without end', { version: 1, start: null, options: { uploadTimeout: Infinity } }],
  ['an option of nothing', { version: 1, start: null, options: { startBudget: null } }],
])('what no earlier run carried over is refused for good: %s', (_, continued) => {
  const error = thrownBy(() => resolve({ ...good, continued }));
  expect(error).toBeInstanceOf(UnstructuredError);
  expect(error).toMatchObject({ message: expect.stringMatching(/^Option continued is for the workflow/) as unknown });
});

test.each([{}, { resume: 'x' }, { start: null, documents: [{ ref: 'file:///a.pdf' }] }])(
  'what no earlier run carried over is refused for good: an input with neither a start nor what to take up: %o',
  (input) => {
    const error = thrownBy(() => resolve({ ...input, continued: { version: 1, start: null } }));
    expect(error).toBeInstanceOf(UnstructuredError);
    expect(error).toMatchObject({ message: expect.stringMatching(/^Option continued is for the workflow/) as unknown });
  },
);

test('options that an earlier run carried over are taken, those of another version too', () => {
  for (const options of [DEFAULT_START_OPTIONS, { ...DEFAULT_START_OPTIONS, later: 1 }, {}])
    expect(resolve({ ...good, continued: { version: 1, start: null, options } }).continued?.options).toBe(options);
});

test('what an older worker does not understand of a run that continues is left to a newer worker', () => {
  const error = thrownBy(() => resolve({ ...good, patience: 1, continued: { version: 1, start: null } }));
  expect(error).not.toBeInstanceOf(UnstructuredError);
  expect(error).toMatchObject({ message: expect.stringMatching(/Unknown option patience/) as unknown });
});

test.each([
  ['files of a wait', { ...good, files: 'none' }, /^Option files is not an option of a run: .* outputs/],
  ['known files of a wait', { ...good, knownFiles: [] }, /^Option knownFiles is not an option of a run/],
  ['an option beyond a run', { ...good, patience: 1 }, /patience; known are start, .*whenBusy.*runLimit/],
  ['no object', null, /input of a run must be an object; got null/],
  ['no start', { documents: [] }, /Option start is missing/],
  ['a start of nothing', { ...good, start: {} }, /Option start must be /],
  ['two starts', { ...good, start: { templateId: 'a', workflowId: JOB_ID } }, /Option start must be/],
  ['a workflow id that is none', { start: { workflowId: 'x' } }, /Option start must be .*got \{ workflowId: "x" \}/],
  ['nodes that are none', { ...good, start: { jobNodes: [1] } }, /Option start must be/],
  ['no documents', { start: { templateId: 'a' } }, /Option documents is empty/],
  ['documents that are no list', { ...good, documents: 'x' }, /Option documents must be a list; got string/],
  ['a document without a reference', { ...good, documents: [{ name: 'a' }] }, /Option documents\[0\]\.ref must be/],
  [
    'too many documents',
    { ...good, maxDocuments: 1, documents: [...good.documents, ...good.documents] },
    /has 2 entries, more than maxDocuments \(1\)/,
  ],
  ['outputs without a place', { ...good, outputs: {} }, /Option outputs.to must be/],
  [
    'outputs of an unknown kind',
    { ...good, outputs: { to: 'x', which: 'some' } },
    /Option outputs.which .* got "some"/,
  ],
  [
    'a policy that is none',
    { ...good, outputs: { to: 'x', onLost: 'ignore' } },
    /Option outputs.onLost .* got "ignore"/,
  ],
  ['no parallelism', { ...good, outputs: { to: 'x', parallel: 0 } }, /Option outputs.parallel .* got 0/],
  ['an unknown option of outputs', { ...good, outputs: { to: 'x', all: true } }, /Unknown option outputs.all/],
  [
    'a job beside the start',
    { ...good, jobId: JOB_ID },
    /^Option jobId is not an option of a run: .* resume: \{ jobId \}/,
  ],
  ['a workflow beside the start', { ...good, workflowId: JOB_ID }, /^Option workflowId .* start: \{ workflowId \}/],
  [
    'a time beside the start',
    { ...good, createdAfter: '2026-01-01T00:00:00Z' },
    /^Option createdAfter is not an option/,
  ],
  [
    'an owner that is no switch',
    { resume: { jobId: JOB_ID, startedByRun: 'yes' } },
    /Option resume.startedByRun must be true or false/,
  ],
  ['a resumed job that is none', { resume: { jobId: 'x' } }, /Option resume.jobId must be a uuid; got "x"/],
  ['a token that is none', { resume: { jobId: JOB_ID, token: '../' } }, /Option resume.token/],
  [
    'a limit that is too short',
    { ...good, collectLimit: 999 },
    /^Option collectLimit must be a duration of at least 1 s .* got 999\.$/,
  ],
  ['a limit that is none', { ...good, collectLimit: 'soon' }, /^Option collectLimit must be .* got "soon"/],
  ['node counts that are no switch', { ...good, nodeCounts: 1 }, /Option nodeCounts must be true or false; got 1/],
  [
    'a start option',
    { ...good, uploadTimeout: 5 },
    /Option uploadTimeout must be a duration of at least 10 s .* got 5/,
  ],
  ['a wait option', { ...good, runLimit: 'soon' }, /Option runLimit must be .* got "soon"/],
  ['an unknown option', { ...good, patience: 1 }, /Unknown option patience/],
  ['a newer version', { ...good, version: 2 }, /version of the input is 2/],
  ['an input beyond 2 MB', { ...good, start: { jobNodes: [{ text: 'x'.repeat(2_000_000) }] } }, /at most 1900000 fit/],
])('%s is refused', (_, input, message) => {
  expect(() => resolve(input as object)).toThrow(message);
});

test('what takes a run up again does not count for its size: a key can not lock itself', () => {
  const input = { ...good, start: { jobNodes: [{ text: 'x'.repeat(1_890_000) }] } };
  expect(() =>
    resolve({
      ...input,
      resume: {
        token: 'a1b2c3d4e5f6',
        sentAt: '2026-01-01T00:00:00Z',
        earlierJobIds: Array.from({ length: 300 }, () => '00000000-0000-4000-8000-000000000000'),
      },
    }),
  ).not.toThrow();
});
