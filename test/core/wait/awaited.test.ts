// A wait for a job that somebody else will start: it appears within the queue limit, and then is waited for like any other.
import { expect, it, test } from 'vitest';
import { waitProgress } from '../../../src/core/wait/progress';
import { decide } from '../../../src/core/wait/decision';
import { resolveWaitInput } from '../../../src/core/wait/input';
import type { Observation } from '../../../src/core/wait/job-check';
import { observe } from '../../../src/core/wait/observe';
import { isAbsent, jobIdIn, startWait, type WaitState } from '../../../src/core/wait/state';
import {
  after,
  answer,
  DAY,
  error,
  gateway404,
  HOUR,
  JOB_ID,
  jobNotFound,
  MINUTE,
  optionsWith,
  SECOND,
  START,
} from '../fixtures';

const awaited = { workflowId: '0b1f6a52-6f4e-4b0e-8f3a-7c1d2e3f4a5b', createdAfter: '2026-01-01T00:00:00Z' };
const absent: Observation = { type: 'absent' };
const appeared: Observation = { type: 'appeared', jobId: JOB_ID };
const waiting = (): WaitState => startWait({ jobId: null, awaited, files: 'all', safetyGapMs: null }, START);
const next = (state: WaitState, now: number, options = {}) => decide(state, optionsWith(options), now, 0);

test('it looks at once, then as for a queued job', () => {
  expect(isAbsent(waiting())).toBe(true);
  expect(next(waiting(), START)).toMatchObject({ do: 'poll' });
  const state = observe(waiting(), absent, START + HOUR, START + HOUR);
  expect(next(state, START + HOUR)).toEqual({ do: 'sleep', until: START + HOUR + 5 * MINUTE, hintable: true });
  expect(waitProgress(state, null, 'sleeping')).toMatchObject({ jobId: null, awaited, status: null, queuedMs: HOUR });
});

test('a job that appeared is checked at once', () => {
  const state = after([absent, appeared], waiting());
  expect(state.jobId).toBe(JOB_ID);
  expect(next(state, START + MINUTE + SECOND)).toMatchObject({ do: 'poll' });
  expect(after([absent, appeared, answer('COMPLETED')], waiting()).job?.status).toBe('COMPLETED');
});

test('its id is asked of no wait whose job has not appeared', () => {
  expect(() => jobIdIn(waiting())).toThrow('The job that is waited for has not appeared yet');
  expect(jobIdIn(after([absent, appeared], waiting()))).toBe(JOB_ID);
});

test('it has to appear within the queue limit, and is never cancelled before it is there', () => {
  const state = after([absent, absent], waiting());
  const options = { queueLimit: MINUTE, onLimit: 'cancel' };
  expect(next(state, START + MINUTE + SECOND, options)).toMatchObject({
    do: 'fail',
    failure: {
      type: 'UnstructuredJobTimeoutError',
      message:
        `A job of workflow ${awaited.workflowId} created after ${awaited.createdAfter} was never seen ` +
        'when the queue limit of 60000 ms passed',
      details: { jobId: null, limit: 'queue', lastCheck: 'absent', cancel: null },
    },
  });
  expect(next(state, START + MINUTE + SECOND, { runLimit: MINUTE }).do).toBe('sleep');
});

test('its absence counts towards the queue limit, and the failure says so', () => {
  const state = after([absent, appeared, answer('SCHEDULED'), answer('SCHEDULED')], waiting());
  expect(next(state, START + 3 * MINUTE + SECOND, { queueLimit: 2 * MINUTE })).toMatchObject({
    do: 'fail',
    failure: {
      message: `Job ${JOB_ID} was last seen SCHEDULED when the queue limit of 120000 ms (from before it appeared) passed`,
      details: { limit: 'queue', lastStatus: 'SCHEDULED' },
    },
  });
});

test('the time until it appears counts as time in the queue', () => {
  const state = after([absent, appeared, answer('SCHEDULED'), answer('SCHEDULED')], waiting());
  expect(state.queuedMs).toBe(2 * MINUTE + SECOND);
});

test('trouble with the list is trouble like any other, and an earlier answer is remembered', () => {
  const options = { outageBudget: MINUTE };
  const failing = after([absent, ...Array<Observation>(12).fill(error('server'))], waiting());
  expect(next(failing, START + HOUR, options)).toMatchObject({
    do: 'fail',
    failure: {
      type: 'UnstructuredUnreachableError',
      message: expect.stringContaining('No answer about a job of workflow') as unknown,
      details: { jobId: null },
    },
  });
  expect(next(after([error('authentication')], waiting()), START + 2 * SECOND).do).toBe('fail');
  expect(next(after([absent, error('authentication')], waiting()), START + 2 * MINUTE).do).not.toBe('fail');
  expect(next(after([absent, absent, error('notFound', { status: 404 })], waiting()), START + DAY).do).not.toBe('fail');
});

test.each([
  ['said that the job is not there yet', [absent]],
  ['named the job', [appeared]],
  ['named the job after a while', [absent, appeared]],
])("a gateway's 404 ends nothing once a list %s", (_, answers) => {
  expect(next(after([...answers, gateway404, gateway404, gateway404], waiting()), START + HOUR).do).not.toBe('fail');
});

test('a job that appeared may be missing for a moment, and is lost when that is said again a minute later', () => {
  const fails = (...observations: Observation[]) => next(after(observations, waiting()), START + HOUR).do === 'fail';
  expect(fails(absent, appeared, jobNotFound)).toBe(false);
  expect(fails(absent, appeared, jobNotFound, jobNotFound)).toBe(false);
  expect(fails(absent, appeared, jobNotFound, jobNotFound, jobNotFound)).toBe(true);
});

test('a list that was never answered but by 404 ends the wait when the grace is over', () => {
  expect(next(after([gateway404], waiting()), START + SECOND).do).toBe('sleep');
  expect(next(after([gateway404, gateway404], waiting()), START + MINUTE).do).toBe('fail');
});

const toMs = (value: unknown) => (typeof value === 'number' ? value : undefined);

it.each<[object, string]>([
  [{ jobId: JOB_ID, ...awaited }, 'A wait takes jobId or workflowId, not both.'],
  [{}, 'jobId must be a uuid; got undefined.'],
  [{ ...awaited, workflowId: 'nightly' }, 'workflowId must be a uuid; got "nightly".'],
  [{ workflowId: awaited.workflowId }, 'createdAfter must be an ISO-8601 instant with its offset; got undefined.'],
  [{ ...awaited, createdAfter: '2026-01-01T00:00:00' }, 'createdAfter must be an ISO-8601 instant with its offset'],
  [{ ...awaited, createdAfter: '1 Z' }, 'createdAfter must be an ISO-8601 instant with its offset; got "1 Z".'],
  [{ ...awaited, createdAfter: 'Jan 1 2026 Z' }, 'createdAfter must be an ISO-8601 instant with its offset'],
  [{ ...awaited, createdAfter: '2026-13-01T00:00:00Z' }, 'createdAfter must be an ISO-8601 instant with its offset'],
  [{ ...awaited, createdAfter: 'yesterday Z' }, 'createdAfter must be an ISO-8601 instant with its offset'],
])('refuses %j', (input, message) => {
  expect(() => resolveWaitInput(input as never, toMs)).toThrow(message);
});

it('takes a workflow and an instant', () => {
  const upper = { ...awaited, workflowId: awaited.workflowId.toUpperCase() };
  expect(resolveWaitInput(upper, toMs)).toMatchObject({ jobId: null, awaited });
  expect(resolveWaitInput({ ...awaited, jobId: null as never }, toMs)).toMatchObject({ jobId: null, awaited });
});
