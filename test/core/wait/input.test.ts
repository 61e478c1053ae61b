import { describe, expect, it } from 'vitest';
import { UnstructuredError, UnstructuredValidationError } from '../../../src/core/errors';
import { type AwaitJobInput, resolveAwaitJobOptions, resolveWaitInput } from '../../../src/core/wait/input';
import { counted, showingCounts } from '../../../src/core/wait/node-counts';
import { DEFAULT_WAIT_OPTIONS, INITIAL_WAIT_OPTIONS } from '../../../src/core/wait/options';
import {
  after,
  answer,
  error,
  HOUR,
  JOB_ID,
  jobNotFound,
  listOf,
  newWait,
  noAnswer,
  START,
  nodeFile,
  nodesAt,
  optionsWith,
  SECOND,
  thrownBy,
} from '../fixtures';

const toMs = (value: unknown) => (typeof value === 'number' ? value : undefined);
const resolve = (input: unknown) => resolveWaitInput(input as AwaitJobInput<unknown>, toMs);
const refused = (input: unknown, message: string | RegExp) => {
  expect(() => resolve(input)).toThrow(UnstructuredValidationError);
  expect(() => resolve(input)).toThrow(message);
};

it('needs only a job id', () => {
  expect(resolve({ jobId: JOB_ID })).toEqual({
    jobId: JOB_ID,
    options: DEFAULT_WAIT_OPTIONS,
    initial: INITIAL_WAIT_OPTIONS,
  });
});

it('takes everything that a caller may say', () => {
  const knownFiles = [{ ...nodeFile('a.pdf'), nodeType: 'partition' }];
  const input = {
    jobId: JOB_ID,
    version: 1,
    account: 'eu',
    activityTaskQueue: 'q',
    knownFiles,
    files: 'final',
    runLimit: SECOND,
  };
  expect(resolve(input)).toEqual({
    jobId: JOB_ID,
    account: 'eu',
    activityTaskQueue: 'q',
    knownFiles,
    options: optionsWith({ files: 'final', runLimit: SECOND }),
    initial: { ...INITIAL_WAIT_OPTIONS, files: 'final', runLimit: SECOND },
  });
});

it('checks its options without a job, too', () => {
  const options = { account: 'eu', files: 'final' as const, runLimit: SECOND };
  const { jobId, ...resolved } = resolve({ jobId: JOB_ID, ...options });
  expect(resolveAwaitJobOptions(options, toMs)).toEqual(resolved);
  expect(() => resolveAwaitJobOptions({ ...options, runLimit: 'soon' }, toMs)).toThrow('Option runLimit must be');
});

it('takes null for not given, as other languages send it', () => {
  const nothing = {
    ...{ version: null, continued: null, account: null, activityTaskQueue: null, knownFiles: null, files: null },
    ...{ workflowId: null, createdAfter: null },
  };
  expect(resolve({ jobId: JOB_ID, ...nothing })).toEqual(resolve({ jobId: JOB_ID }));
});

it('writes a job id in lower case', () => {
  expect(resolve({ jobId: JOB_ID.toUpperCase() }).jobId).toBe(JOB_ID);
});

it.each([
  [undefined, 'The input of a wait must be an object with a jobId; got undefined.'],
  [null, 'The input of a wait must be an object with a jobId; got null.'],
  [JOB_ID, `The input of a wait must be an object with a jobId; got "${JOB_ID}".`],
  [{}, 'jobId must be a uuid; got undefined.'],
  [
    { jobId: JOB_ID, createdAfter: '2026-01-01T00:00:00Z' },
    'createdAfter goes with workflowId; got "2026-01-01T00:00:00Z" without one.',
  ],
  [{ jobId: 'job 7' }, 'jobId must be a uuid; got "job 7".'],
  [{ jobId: JOB_ID, account: '' }, 'Option account must be a string that is not empty; got "".'],
  [{ jobId: JOB_ID, account: 7 }, 'Option account must be a string that is not empty; got 7.'],
  [{ jobId: JOB_ID, activityTaskQueue: '' }, 'Option activityTaskQueue must be a string that is not empty; got "".'],
  [{ jobId: JOB_ID, runLimit: 'soon' }, 'Option runLimit must be a duration'],
  [{ jobId: JOB_ID, timeout: 1 }, 'Unknown option timeout;'],
])('refuses %j', (input, message) => {
  refused(input, message);
});

it.each([
  ['text', 'a.pdf'],
  ['an object', { 0: nodeFile('a.pdf'), length: 1 }],
  ['a list with null', [nodeFile('a.pdf'), null]],
  ['a list with an entry without nodeId', [{ fileId: 'a.pdf' }]],
  ['a list with an entry without fileId', [{ nodeId: 'partition' }]],
  ['a list of text', ['a.pdf']],
])('refuses known files that are %s', (_, knownFiles) => {
  refused({ jobId: JOB_ID, knownFiles }, /^Option knownFiles must be a list of \{ nodeId, fileId \}; got .+\.$/);
});

it('refuses an input of a version that it does not know', () => {
  refused(
    { jobId: JOB_ID, version: 2 },
    'The version of the input is 2, which this worker does not know; it knows 1. Deploy a newer worker.',
  );
});

describe('what an earlier run carried over', () => {
  const continued = { version: 1, options: optionsWith({ files: 'none' }), state: newWait() };

  it('goes on with its options and state', () => {
    expect(resolve({ jobId: JOB_ID, files: 'all', continued })).toEqual({
      jobId: JOB_ID,
      options: continued.options,
      state: continued.state,
    });
  });

  it.each([
    ['carried state', { continued: { ...continued, version: 2 } }],
    ['input', { version: 2, continued }],
  ])('waits for a newer worker where the version of the %s is not known: no failure of the wait', (what, input) => {
    const error = thrownBy(() => resolve({ jobId: JOB_ID, ...input }));
    expect(error).not.toBeInstanceOf(UnstructuredError);
    expect(error).toMatchObject({
      message: expect.stringContaining(`The version of the ${what} is 2, which`) as unknown,
    });
  });
});

describe('what no earlier run carried over', () => {
  const good = { version: 1, options: optionsWith(), state: newWait() };
  const without = (name: string) => ({ ...good, state: { ...good.state, [name]: undefined } });

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['an empty list', []],
    ['a list of what would do', [good]],
    ['a text', 'x'],
    ['an empty text', ''],
    ['a number', 0],
    ['true', true],
    ['false', false],
    ['a version that is a text', { ...good, version: '1' }],
    ['a version that is no whole number', { ...good, version: 1.5 }],
    ['a version before the first', { ...good, version: 0 }],
    ['a version below 0', { ...good, version: -1 }],
    ['no state', { ...good, state: undefined }],
    ['a state of nothing', { ...good, state: {} }],
    ['a state that is a list', { ...good, state: [] }],
    ['a state without hints', without('hints')],
    ['a state without a clock', without('startedAt')],
    ['a state without counts', without('failures')],
    ['a time that is a text', { ...good, state: { ...good.state, nextCheckAt: '2026-01-01' } }],
    ['a task queue without a name', { ...good, state: { ...good.state, unserved: { since: START } } }],
    ['counts of no time', { ...good, state: { ...good.state, nodes: { stats: [] } } }],
    ['a job without a status', { ...good, state: { ...good.state, job: { id: JOB_ID } } }],
    ['a list that has no entries', { ...good, state: { ...good.state, outputNodeFiles: {} } }],
    ['a time beyond all dates', { ...good, state: { ...good.state, startedAt: 1e300 } }],
    ['a time before all dates', { ...good, state: { ...good.state, nextCheckAt: -8.65e15 } }],
    ['a time at the end of all dates', { ...good, state: { ...good.state, startedAt: 8.64e15 } }],
    ['an option of nothing', { ...good, options: { ...good.options, minimumGap: null } }],
    ['no options', { ...good, options: null }],
    ['options that are a list', { ...good, options: [] }],
    ['an option that is none', { ...good, options: { ...good.options, minimumGap: 'often' } }],
  ])('is refused for good: %s', (_, continued) => {
    const error = thrownBy(() => resolve({ jobId: JOB_ID, continued }));
    expect(error).toBeInstanceOf(UnstructuredValidationError);
    expect(error).toMatchObject({ message: expect.stringMatching(/^Option continued is for the workflow/) as unknown });
  });

  it('is refused for good also with an input of another version', () => {
    const error = thrownBy(() => resolve({ jobId: JOB_ID, version: 2, continued: {} }));
    expect(error).toBeInstanceOf(UnstructuredValidationError);
  });

  it('is refused for good beside an input of a version before the first', () => {
    const error = thrownBy(() => resolve({ jobId: JOB_ID, version: 0, continued: good }));
    expect(error).toBeInstanceOf(UnstructuredValidationError);
  });

  it('is no state that a wait may have', () => {
    const states = [
      newWait(),
      after([
        answer('SCHEDULED'),
        answer('IN_PROGRESS', { outputNodeFiles: listOf([nodeFile('a')]) }),
        error('server'),
      ]),
      after([answer('A_NEW_ONE'), error('authentication', { status: 401 }), noAnswer, jobNotFound]),
      newWait([nodeFile('a')], 'final'),
      { ...newWait(), unserved: { since: START, taskQueue: 'documents' } },
      counted(after([answer('IN_PROGRESS')]), { stallLimit: HOUR }, nodesAt(1), START, START),
      counted(after([answer('IN_PROGRESS')]), { stallLimit: HOUR }, { error: 'none' }, START, START),
      showingCounts(newWait()),
    ];
    for (const state of states) {
      const carried = JSON.parse(JSON.stringify({ ...good, state })) as typeof good;
      expect(resolve({ jobId: JOB_ID, continued: carried }).state).toEqual(carried.state);
    }
  });
});

it('refuses known files that no input can hold', () => {
  const knownFiles = [{ nodeId: 'n', fileId: 'x'.repeat(1_900_000) }];
  expect(() => resolve({ jobId: JOB_ID, knownFiles })).toThrow(
    /^Option knownFiles is 19\d+ bytes as JSON; at most 1900000 fit/,
  );
});
