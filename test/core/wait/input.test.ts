import { describe, expect, it } from 'vitest';
import { UnstructuredError, UnstructuredValidationError } from '../../../src/core/errors';
import { type AwaitJobInput, resolveWaitInput } from '../../../src/core/wait/input';
import { DEFAULT_WAIT_OPTIONS, INITIAL_WAIT_OPTIONS } from '../../../src/core/wait/options';
import { JOB_ID, newWait, nodeFile, optionsWith, SECOND, thrownBy } from '../fixtures';

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
  const launchFiles = [{ ...nodeFile('a.pdf'), nodeType: 'partition' }];
  const input = {
    jobId: JOB_ID,
    version: 1,
    account: 'eu',
    taskQueue: 'q',
    launchFiles,
    files: 'final',
    runLimit: SECOND,
  };
  expect(resolve(input)).toEqual({
    jobId: JOB_ID,
    account: 'eu',
    taskQueue: 'q',
    launchFiles,
    options: optionsWith({ files: 'final', runLimit: SECOND }),
    initial: { ...INITIAL_WAIT_OPTIONS, files: 'final', runLimit: SECOND },
  });
});

it('takes null for not given, as other languages send it', () => {
  const nothing = {
    ...{ version: null, continued: null, account: null, taskQueue: null, launchFiles: null, files: null },
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
  [{ jobId: JOB_ID, taskQueue: '' }, 'Option taskQueue must be a string that is not empty; got "".'],
  [{ jobId: JOB_ID, runLimit: 'soon' }, 'Option runLimit must be a duration'],
  [{ jobId: JOB_ID, timeout: 1 }, 'Unknown option timeout.'],
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
])('refuses launch files that are %s', (_, launchFiles) => {
  refused({ jobId: JOB_ID, launchFiles }, /^Option launchFiles must be a list of \{ nodeId, fileId \}; got .+\.$/);
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

it('refuses launch files that no input can hold', () => {
  const launchFiles = [{ nodeId: 'n', fileId: 'x'.repeat(1_900_000) }];
  expect(() => resolve({ jobId: JOB_ID, launchFiles })).toThrow(
    /^Option launchFiles is 19\d+ bytes as JSON; at most 1900000 fit/,
  );
});
