import { WorkflowFailedError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
  ChildWorkflowFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { describe, expect, it, test } from 'vitest';
import {
  bareTimeoutType,
  copyFailure,
  FAILURE_TYPES,
  innerFailure,
  toApplicationFailure,
  unstructuredFailure,
} from '../../src/common/failure';
import { createUnstructuredError, ERROR_KINDS, type ErrorKind } from '../../src/core/errors';

const jobFailed = ApplicationFailure.create({
  type: 'UnstructuredJobFailedError',
  message: 'Job j ended FAILED',
  details: [{ jobId: 'j' }],
});
const timeout = (cause?: Error) =>
  Object.assign(new TimeoutFailure('timed out', undefined, TimeoutType.START_TO_CLOSE), { cause });
const inActivity = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'getJob', '1', RetryState.MAXIMUM_ATTEMPTS_REACHED, 'worker', cause);
const inChild = (cause: Error) =>
  new ChildWorkflowFailure(
    'default',
    { workflowId: 'w', runId: 'r' },
    'awaitJobCompletion',
    RetryState.NON_RETRYABLE_FAILURE,
    cause,
  );
const inWorkflow = (cause: Error) =>
  new WorkflowFailedError('Workflow execution failed', cause, RetryState.NON_RETRYABLE_FAILURE);

it('knows every failure type, and that what ends a wait is not retried', () => {
  const ofWait = ['Unreachable', 'JobFailed', 'JobStopped', 'JobTimeout', 'JobPartiallyFailed', 'OutputListTooLarge'];
  const ofRun = ['StartUncertain', 'WorkflowBusy', 'DocumentRefused', 'Transfer'];
  const ofBatch = ['BatchFailed'];
  expect(FAILURE_TYPES).toEqual(
    Object.fromEntries([
      ...Object.values(ERROR_KINDS).map(({ type, retryable }) => [type, { retryable }]),
      ...[...ofWait, ...ofRun, ...ofBatch].map((name) => [`Unstructured${name}Error`, { retryable: false }]),
    ]),
  );
  expect(Object.isFrozen(FAILURE_TYPES)).toBe(true);
});

describe('a copy of a failure', () => {
  const fields = {
    type: 'Other',
    message: 'what happened',
    details: ['first', 2],
    nonRetryable: true,
    nextRetryDelay: 2_000,
    category: ApplicationFailureCategory.BENIGN,
    cause: new Error('why'),
  };
  const failure = ApplicationFailure.create(fields);

  it('has all that was not changed', () => {
    expect(copyFailure(failure, {})).toMatchObject(fields);
    expect(copyFailure(failure, { message: 'told otherwise' })).toMatchObject({ ...fields, message: 'told otherwise' });
  });

  it('has no more what a change of undefined takes away', () => {
    const { nextRetryDelay, details, cause } = copyFailure(failure, {
      nextRetryDelay: undefined,
      details: undefined,
      cause: undefined,
    });
    expect([nextRetryDelay, details, cause]).toEqual([undefined, undefined, undefined]);
  });

  it('of a failure that came through Temporal without fields may be retried', () => {
    const bare = new ApplicationFailure('what happened', null, null, null);
    expect(copyFailure(bare, {}).nonRetryable).toBe(false);
  });
});

describe.each(Object.keys(ERROR_KINDS) as ErrorKind[])('an error of kind %s', (kind) => {
  const error = createUnstructuredError('what happened', { kind, status: 418, requestId: 'r-1' });
  const failure = toApplicationFailure(error, { nextRetryDelay: 2_000 });
  const { type, retryable } = ERROR_KINDS[kind];

  it('becomes a failure of its type, with its details', () => {
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type, message: 'what happened', nonRetryable: !retryable });
    expect(failure.details).toEqual([{ kind, status: 418, requestId: 'r-1' }]);
  });

  it('has a delay only where it is retried', () => {
    expect(failure.nextRetryDelay).toBe(retryable ? 2_000 : undefined);
  });

  it('is found again behind everything that Temporal wraps around it', () => {
    expect(unstructuredFailure(inWorkflow(inChild(inActivity(failure))))).toEqual({
      type,
      message: 'what happened',
      details: { kind, status: 418, requestId: 'r-1' },
      cause: failure,
    });
  });
});

it('leaves the delay to the retry policy where none is given', () => {
  expect(toApplicationFailure(createUnstructuredError('x', { kind: 'server' })).nextRetryDelay).toBeUndefined();
});

describe('the failure behind an error', () => {
  it.each([
    ['an activity', inActivity(jobFailed)],
    ['a child workflow', inChild(jobFailed)],
    ['a workflow', inWorkflow(jobFailed)],
    ['a time-out', inActivity(timeout(jobFailed))],
    ['a failure of the caller', ApplicationFailure.create({ type: 'ImportFailed', cause: jobFailed })],
    ['nothing', jobFailed],
  ])('is found behind %s', (_, error) => {
    expect(unstructuredFailure(error)).toMatchObject({ type: 'UnstructuredJobFailedError', details: { jobId: 'j' } });
  });

  it.each([
    ['a failure of the caller', ApplicationFailure.create({ type: 'ImportFailed' })],
    ['a failure without a type', ApplicationFailure.create({ message: 'no' })],
    ['a failure named like a built-in property', ApplicationFailure.create({ type: 'constructor' })],
    ['a plain error of the same name', Object.assign(new Error('x'), { type: 'UnstructuredJobFailedError' })],
    ['a bare time-out', inActivity(timeout())],
    ['a cancellation', inChild(new CancelledFailure('cancelled'))],
    ['a cancellation with a failure behind it', inActivity(new CancelledFailure('cancelled', [], jobFailed))],
    ['text', 'UnstructuredJobFailedError'],
    ['nothing', undefined],
  ])('is none where there is %s', (_, error) => {
    expect(unstructuredFailure(error)).toBeUndefined();
  });

  it('is looked for in a chain of causes that has no end, but not for ever', () => {
    const error = new Error('circular');
    error.cause = error;
    expect(unstructuredFailure(error)).toBeUndefined();
  });
});

describe('a Temporal time-out', () => {
  it('is told by its type where no other error is behind it', () => {
    expect(bareTimeoutType(inActivity(timeout()))).toBe('START_TO_CLOSE');
  });

  it.each([
    ['an error of the API is behind it', inActivity(timeout(jobFailed))],
    ['there is none', inActivity(jobFailed)],
    ['it was a cancellation', inActivity(new CancelledFailure('cancelled', [], timeout()))],
  ])('is not told where %s', (_, error) => {
    expect(bareTimeoutType(error)).toBeUndefined();
  });
});

describe('the innermost failure', () => {
  it('stands below the wrappers of activities and child workflows', () => {
    expect(innerFailure(inChild(inActivity(jobFailed)))).toBe(jobFailed);
    expect(innerFailure(timeout(jobFailed))).toMatchObject({ timeoutType: 'START_TO_CLOSE' });
  });

  it('is made of whatever else was thrown', () => {
    expect(innerFailure('text')).toEqual(new Error('text'));
  });
});

test('a failure of our type without details is not taken for ours', () => {
  expect(unstructuredFailure(ApplicationFailure.create({ type: 'UnstructuredServerError' }))).toBeUndefined();
});
