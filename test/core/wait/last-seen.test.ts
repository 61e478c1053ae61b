// Whatever ends a wait tells the job as the wait saw it last, and what the wait did.
import { describe, expect, it, test } from 'vitest';
import type { Observation } from '../../../src/core/wait/job-check';
import { answer, error, HOUR, JOB_ID, jobNotFound, jobSummary, MINUTE, noAnswer } from '../fixtures';
import { failureOf, type Run, simulate, type Simulation, timeline } from '../simulate';

const running = answer('IN_PROGRESS');
const tooLarge: Observation = {
  type: 'error',
  error: {
    type: 'UnstructuredOutputListTooLargeError',
    message: 'x',
    api: null,
    retryable: false,
    details: { bytes: 1 },
  },
};

const ENDINGS: [what: string, last: Observation, type: string, options?: Simulation['options']][] = [
  ['401', error('authentication', { status: 401 }), 'UnstructuredAuthenticationError'],
  ['402', error('paymentRequired', { status: 402 }), 'UnstructuredPaymentRequiredError'],
  ['403', error('permission', { status: 403 }), 'UnstructuredPermissionError'],
  ['an unknown account', error('validation'), 'UnstructuredValidationError'],
  ['a late 404', jobNotFound, 'UnstructuredNotFoundError'],
  ['422', error('validation', { status: 422 }), 'UnstructuredValidationError'],
  ['410', error('request', { status: 410 }), 'UnstructuredRequestError'],
  ['an outage', error('server', { status: 503 }), 'UnstructuredUnreachableError'],
  ['a list that is too large', tooLarge, 'UnstructuredOutputListTooLargeError'],
  ['FAILED', answer('FAILED'), 'UnstructuredJobFailedError'],
  ['STOPPED', answer('STOPPED'), 'UnstructuredJobStoppedError'],
  ['a limit', running, 'UnstructuredJobTimeoutError', { totalLimit: HOUR }],
  ['a limit without an answer', noAnswer, 'UnstructuredJobTimeoutError', { totalLimit: HOUR }],
  ['an unknown status', answer('ARCHIVED'), 'UnstructuredJobTimeoutError', { unknownStatusBudget: HOUR }],
];

const accountIn = ({ details }: ReturnType<typeof failureOf>) => details['wait'] as { checks: number; endedAt: string };

describe.each(ENDINGS)('%s', (_, last, type, options) => {
  const end = (first: Observation): [Run, ReturnType<typeof failureOf>] => {
    const run = simulate(timeline([MINUTE, first], [Infinity, last]), { options });
    return [run, failureOf(run)];
  };

  it('after the job was seen tells it as it was', () => {
    const [run, failure] = end(running);
    const status = last.type === 'answer' ? last.check.job.status : 'IN_PROGRESS';
    expect(failure).toMatchObject({ type, details: { jobId: JOB_ID, job: jobSummary(status), lastStatus: status } });
    expect(accountIn(failure)).toMatchObject({ checks: run.checks.length, runningMs: run.state.runningMs });
  });
});

test.each(ENDINGS.filter(([, last]) => last.type !== 'answer'))(
  '%s where the job was never seen says so',
  (_, last, type, options) => {
    const run = simulate(timeline([Infinity, last]), { options });
    expect(failureOf(run)).toMatchObject({ type, details: { jobId: JOB_ID, job: null, lastStatus: null } });
    expect(accountIn(failureOf(run)).checks).toBe(run.checks.length);
  },
);

it('keeps what the API answered beside it', () => {
  const refused = error('permission', { status: 403, requestId: 'r', path: '/jobs', detail: 'no' });
  const run = simulate(timeline([MINUTE, running], [Infinity, refused]));
  expect(failureOf(run).details).toMatchObject({ kind: 'permission', status: 403, requestId: 'r', detail: 'no' });
});
