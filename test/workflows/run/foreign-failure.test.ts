// Whatever ends a run after its start, the job that was paid for is told.
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { unstructuredFailure } from '../../../src';
import { createRun } from '../../../workflows/run/run';
import { failureOfRun } from '../../../workflows/run/failure';
import type { Start } from '../../../workflows/run/start';
import { failedCall } from '../../../workflows/support/failures';
import { judgeSend } from '../../../src/core/start/certainty';
import { DEFAULT_START_OPTIONS } from '../../../src/core/start/options';
import { beginStart, sending } from '../../../src/core/start/state';
import { JOB_ID } from '../../core/fixtures';

const resume = { jobId: JOB_ID, startedByRun: true };
const activityFailure = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'activity', '1', 'NON_RETRYABLE_FAILURE', 'worker', cause);

test.each([
  [
    'QuotaExceeded: the disk is full',
    ApplicationFailure.create({ type: 'QuotaExceeded', message: 'the disk is full' }),
  ],
  ['TimeoutFailure: too late', new TimeoutFailure('too late', undefined, 'SCHEDULE_TO_CLOSE')],
])('a failure that is not ours becomes the cause of a typed one (%s)', (text, cause) => {
  const error = activityFailure(cause);
  const failure = failureOfRun(error, { ...createRun({ resume }), outputs: 3 });
  expect(failure).toMatchObject({ cause: error, nonRetryable: true });
  expect(unstructuredFailure(failure)).toMatchObject({
    type: 'UnstructuredTransferError',
    message: `The run with job ${JOB_ID} ended before its outputs were there: ${text}`,
    details: { jobId: JOB_ID, run: resume, lost: [], lostTotal: 3, saved: [], savedTotal: 0 },
  });
});

test.each([
  ['a cancellation', activityFailure(new CancelledFailure('cancelled'))],
  ['an error of the code, which fails no run', new TypeError('x is not a function')],
])('%s stays what it is', (_, error) => {
  expect(failureOfRun(error, createRun({ resume }))).toBe(error);
});

const jobToStart = { workflowId: JOB_ID };
const [options, state] = [DEFAULT_START_OPTIONS, beginStart(null)];
const start: Start = { jobToStart, uploads: [], begunAt: 0, options, state, unread: new Map(), activity: 'sleeping' };
const { input, ...begun } = createRun({ resume });
const run = { ...begun, start, input: { ...input, jobToStart, resume: null } };
const error = activityFailure(ApplicationFailure.create({ type: 'Mine', message: 'no room' }));

test('a failure before anything was sent is told to the batch that the run is a job of', () => {
  const plannedJob = { to: 'file:///out/', key: 'nightly', plan: 'id', part: 1 };
  const failure = failureOfRun(error, { ...run, input: { ...run.input, plannedJob } });
  expect(failure).toMatchObject({ cause: error, nonRetryable: true });
  const { type, message, details } = unstructuredFailure(failure)!;
  expect([type, message]).toEqual([
    'UnstructuredTransferError',
    'The run ended before its outputs were there: Mine: no room',
  ]);
  expect(details).not.toHaveProperty('run');
});

test('a failure before anything was sent stays what it is; of one after that nobody knows the job', () => {
  expect(failureOfRun(error, run)).toBe(error);
  const sent = { ...start, state: sending(state, 0), activity: 'sending' } as const;
  expect(unstructuredFailure(failureOfRun(error, { ...run, start: sent }))).toMatchObject({
    type: 'UnstructuredTransferError',
    message: expect.stringMatching(/^The run ended before its outputs were there: Mine/) as unknown,
    details: { jobId: null },
  });
});

test('a document that a newer worker refuses for a reason of its own ends a start, beside any credential', () => {
  const refused = [
    { index: 0, reason: 'credentialRefused', message: 'm', ref: 'm:0' },
    { index: 1, reason: 'quarantined', message: 'm', ref: 'm:1' },
  ];
  const details = [{ ref: 'm:0', reason: 'credentialRefused', refused, refusedTotal: 2 }];
  const failure = ApplicationFailure.create({ type: 'UnstructuredDocumentRefusedError', message: 'm', details });
  expect(judgeSend(failedCall(activityFailure(failure)))).toBe('fail');
});

test.each([{}, { refused: null }, { refused: 'all' }, { refused: [null, 7, {}, { index: 0 }] }])(
  'what another worker lists as refused fails no workflow task: %j',
  (more) => {
    const details = [{ ref: 'm:0', reason: 'credentialRefused', ...more }];
    const failure = ApplicationFailure.create({ type: 'UnstructuredDocumentRefusedError', message: 'm', details });
    const call = failedCall(activityFailure(failure));
    expect(call).toMatchObject({ type: 'error', error: { refusal: { reason: 'credentialRefused', refused: [] } } });
    expect(judgeSend(call)).toBe('retry');
  },
);
