// A limit with the policy to cancel, and how the asking, looking and giving up goes on.
import { expect, it, test } from 'vitest';
import type { FailedCall } from '../../../src/core/call-error';
import { asked, beginCancel, cancelReport, decideCancel, isOurStop } from '../../../src/core/wait/cancel';
import { decide, decideAfterCancel } from '../../../src/core/wait/decision';
import type { JobTimeoutDetails } from '../../../src/core/wait/failure-details';
import type { Observation } from '../../../src/core/wait/job-check';
import { observe } from '../../../src/core/wait/observe';
import { due, planned } from '../../../src/core/wait/next-check';
import type { WaitState } from '../../../src/core/wait/state';
import { after, answer, error, HOUR, JOB_ID, MINUTE, newWait, optionsWith, SECOND, START } from '../fixtures';

const running = answer('IN_PROGRESS');
const options = optionsWith({ onLimit: 'cancel', confirmLimit: 5 * MINUTE, minimumGap: 10 * SECOND });
const AT = START + HOUR;
const refused = error('request', { status: 409 }) as FailedCall;
const unclear = error('timeout') as FailedCall;

/** A wait that begins to cancel an hour after its start. */
const cancelling = (): WaitState => beginCancel(after([running]), AT);
const next = (state: WaitState, now: number) => decideCancel(state, state.cancel!, options, now);
const seen = (state: WaitState, status: string, begunAt: number) => observe(state, answer(status), begunAt, begunAt);

test('a limit that passed is cancelled or left by policy', () => {
  const state = after([running, running]);
  const limited = { totalLimit: MINUTE };
  expect(decide(state, optionsWith({ ...limited, onLimit: 'cancel' }), START + MINUTE, 0)).toMatchObject({
    do: 'cancel',
    limit: { name: 'total', ms: MINUTE },
  });
  expect(decide(state, optionsWith(limited), START + MINUTE, 0)).toMatchObject({
    do: 'fail',
    failure: { details: { limit: 'total', cancel: null } },
  });
});

test('first the API is asked, for a minute at most, then the job is looked at', () => {
  const state = cancelling();
  expect(next(state, AT)).toEqual({ do: 'ask', timeoutMs: MINUTE });
  const taken = asked(state, undefined, AT + SECOND);
  expect(taken.cancel).toMatchObject({ asks: 1, accepted: true, error: null });
  expect(next(taken, AT + SECOND)).toEqual({ do: 'poll', timeoutMs: 5 * MINUTE - SECOND });
});

test('a look may take as long as the confirm limit leaves, and at its end half a minute', () => {
  const late = asked(cancelling(), undefined, AT + 6 * MINUTE);
  expect(next(late, AT + 6 * MINUTE)).toEqual({ do: 'poll', timeoutMs: 30 * SECOND });
  const state = seen(asked(cancelling(), undefined, AT), 'IN_PROGRESS', AT + SECOND);
  expect(next(state, AT + 12 * SECOND)).toEqual({ do: 'poll', timeoutMs: 4 * MINUTE + 48 * SECOND });
});

test('a job that was never looked at is, once the API was asked; a look that begins with the answer counts', () => {
  const state = asked(beginCancel(newWait(), AT), undefined, AT);
  expect(next(state, AT)).toMatchObject({ do: 'poll' });
  expect(next(seen(state, 'IN_PROGRESS', AT), AT)).toEqual({ do: 'sleep', until: AT + 10 * SECOND });
});

test('then it looks at each minimum gap, with one look at the confirm limit, and no longer', () => {
  let state = seen(asked(cancelling(), undefined, AT), 'IN_PROGRESS', AT + SECOND);
  expect(next(state, AT + SECOND)).toEqual({ do: 'sleep', until: AT + 11 * SECOND });
  expect(next(state, AT + 11 * SECOND)).toMatchObject({ do: 'poll' });
  state = seen(state, 'IN_PROGRESS', AT + 4 * MINUTE + 55 * SECOND);
  state = asked(state, undefined, AT + 4 * MINUTE + 55 * SECOND);
  expect(next(state, AT + 4 * MINUTE + 55 * SECOND)).toEqual({ do: 'sleep', until: AT + 5 * MINUTE });
  expect(next(state, AT + 5 * MINUTE)).toEqual({ do: 'poll', timeoutMs: 30 * SECOND });
  state = seen(state, 'IN_PROGRESS', AT + 5 * MINUTE);
  expect(next(state, AT + 5 * MINUTE)).toEqual({ do: 'over' });
});

it.each(['STOPPED', 'COMPLETED', 'FAILED'])('is over once the job is seen %s', (status) => {
  expect(next(seen(asked(cancelling(), undefined, AT), status, AT + SECOND), AT + SECOND)).toEqual({ do: 'over' });
});

test('a request that was not taken is repeated with each look', () => {
  const state = seen(asked(cancelling(), unclear, AT + SECOND), 'IN_PROGRESS', AT + 2 * SECOND);
  expect(state.cancel).toMatchObject({ asks: 1, accepted: false, error: { type: 'UnstructuredTimeoutError' } });
  expect(next(state, AT + 12 * SECOND)).toMatchObject({ do: 'ask' });
  const again = asked(state, undefined, AT + 13 * SECOND);
  expect(again.cancel).toMatchObject({ asks: 2, accepted: true, error: { type: 'UnstructuredTimeoutError' } });
  expect(next(again, AT + 13 * SECOND)).toMatchObject({ do: 'poll' });
});

test('a request that was refused, as by a gateway, is repeated while the job is seen running', () => {
  const state = asked(cancelling(), refused, AT + SECOND);
  expect(next(state, AT + SECOND)).toMatchObject({ do: 'poll' });
  const running = seen(state, 'IN_PROGRESS', AT + 2 * SECOND);
  expect(next(running, AT + 2 * SECOND)).toEqual({ do: 'sleep', until: AT + 12 * SECOND });
  expect(next(running, AT + 12 * SECOND)).toMatchObject({ do: 'ask' });
});

test('nothing is asked any more once the confirm limit is over: a last look, and the end', () => {
  const state = seen(asked(cancelling(), refused, AT), 'IN_PROGRESS', AT + 4 * MINUTE + 55 * SECOND);
  expect(next(state, AT + 5 * MINUTE)).toEqual({ do: 'poll', timeoutMs: 30 * SECOND });
  expect(next(seen(state, 'IN_PROGRESS', AT + 5 * MINUTE), AT + 5 * MINUTE)).toEqual({ do: 'over' });
});

test('requests and looks of the longest confirm limit leave room in the history, however short the gap', () => {
  const longest = optionsWith({ confirmLimit: HOUR, minimumGap: SECOND });
  let state = cancelling();
  let now = AT;
  let events = 0;
  for (let step = decideCancel(state, state.cancel!, longest, now); step.do !== 'over';) {
    // An activity makes 6 events with its workflow task, a timer 5; all answers come at once.
    events += step.do === 'sleep' ? 5 : 6;
    if (step.do === 'ask') state = asked(state, refused, now);
    else if (step.do === 'poll') state = seen(state, 'IN_PROGRESS', now);
    else now = step.until;
    step = decideCancel(state, state.cancel!, longest, now);
  }
  expect(now).toBe(AT + HOUR);
  expect(events).toBeGreaterThan(12_000);
  expect(events).toBeLessThan(13_000);
});

/** When the API was asked, in seconds, by looks that see the job as `looks` says at each, and take the request each time. */
function asksOf(looks: (ms: number) => Observation, confirmLimit = 5 * MINUTE, minimumGap = 10 * SECOND): number[] {
  let state = cancelling();
  const asks: number[] = [];
  for (let now = AT; ;) {
    const step = decideCancel(state, state.cancel!, optionsWith({ confirmLimit, minimumGap }), now);
    if (step.do === 'over') return asks;
    if (step.do === 'ask') {
      asks.push((now - AT) / SECOND);
      state = asked(state, undefined, now);
    } else if (step.do === 'poll') state = observe(state, looks(now - AT), now, now);
    else {
      now = step.until;
      state = due(planned(state, now), now);
    }
  }
}

test('a request that was taken is repeated at growing gaps while the job goes on, until the confirm limit', () => {
  expect(asksOf(() => running)).toEqual([0, 20, 40, 80, 160]);
  expect(asksOf(() => answer('SCHEDULED'))).toEqual([0, 20, 40, 80, 160]);
  expect(asksOf(() => answer('A_NEW_ONE'), MINUTE)).toEqual([0, 20, 40]);
  const longest = asksOf(() => running, HOUR);
  expect(longest.at(-1)).toBeLessThan(3_600);
  expect(longest).toHaveLength(9);
});

test('it is repeated also where the looks are far apart', () => {
  expect(asksOf(() => running, 5 * MINUTE, HOUR)).toEqual([0, 150]);
  expect(asksOf((ms) => answer(ms < 100 * SECOND ? 'IN_PROGRESS' : 'STOPPED'), 5 * MINUTE, HOUR)).toEqual([0]);
});

test('it is not where the job ends, or where nothing tells whether it goes on', () => {
  expect(asksOf((ms) => answer(ms < 50 * SECOND ? 'IN_PROGRESS' : 'STOPPED'))).toEqual([0, 20, 40]);
  expect(asksOf(() => error('server'))).toEqual([0]);
});

test.each<[string, Observation]>([
  ['a 400', error('request', { status: 400 })],
  ['a 403', error('permission', { status: 403 })],
  ['a 404', error('notFound', { status: 404 })],
  ['a 409', error('request', { status: 409 })],
  ['a 425', error('request', { status: 425 })],
  ['a 429', error('rateLimit', { status: 429 })],
  ['a redirect', error('response', { status: 301, notAccepted: true })],
  ['a 501', error('server', { status: 501, notAccepted: true })],
  ['a refused connection', error('connection', { code: 'ECONNREFUSED', notSent: true })],
  ['an unknown host', error('connection', { code: 'ENOTFOUND', notSent: true })],
  ['a request that no worker took', { type: 'noAnswer', timeoutType: 'SCHEDULE_TO_START' }],
  [
    'a worker that does not know the request',
    { type: 'error', error: { type: 'NotFoundError', message: 'x', api: null, retryable: true } },
  ],
])('%s took nothing, so a job that is STOPPED then was stopped by somebody else', (_, failed) => {
  const state = asked(cancelling(), failed as FailedCall, AT);
  expect(isOurStop(state.cancel!)).toBe(false);
  expect(failing(seen(state, 'STOPPED', AT)).type).toBe('UnstructuredJobStoppedError');
});

test.each<[string, Observation]>([
  ['a 408', error('server', { status: 408 })],
  ['a 502', error('server', { status: 502 })],
  ['a lost connection', error('connection', { code: 'ECONNRESET' })],
  ['an unreadable answer', error('response', { status: 200 })],
  ['a request that a worker took', { type: 'noAnswer', timeoutType: 'START_TO_CLOSE' }],
  ['a foreign failure', { type: 'error', error: { type: 'TypeError', message: 'x', api: null, retryable: true } }],
])('%s may have been taken, so a job that is STOPPED then is ours', (_, failed) => {
  expect(isOurStop(asked(cancelling(), failed as FailedCall, AT).cancel!)).toBe(true);
});

test('near the end a request gets the time that is left', () => {
  const state = seen(asked(cancelling(), unclear, AT), 'IN_PROGRESS', AT + 4 * MINUTE + 40 * SECOND);
  expect(next(state, AT + 4 * MINUTE + 50 * SECOND)).toEqual({ do: 'ask', timeoutMs: 10 * SECOND });
});

test('a job that was stopped is ours unless the API refused to stop it', () => {
  expect(isOurStop(asked(cancelling(), undefined, AT).cancel!)).toBe(true);
  expect(isOurStop(asked(cancelling(), unclear, AT).cancel!)).toBe(true);
  expect(isOurStop(asked(cancelling(), refused, AT).cancel!)).toBe(false);
  expect(isOurStop(asked(asked(cancelling(), undefined, AT), refused, AT).cancel!)).toBe(true);
  expect(isOurStop(asked(asked(cancelling(), unclear, AT), refused, AT).cancel!)).toBe(true);
  expect(isOurStop(asked(asked(cancelling(), refused, AT), refused, AT).cancel!)).toBe(false);
});

const limit = { name: 'run', ms: HOUR } as const;
const ending = (state: WaitState) => decideAfterCancel(state, limit, AT + MINUTE);
const failing = (state: WaitState) => {
  const end = ending(state);
  if (end.do !== 'fail') return expect.unreachable();
  return end.failure as { type: string; message: string; details: JobTimeoutDetails };
};

test('a job that finished while it was cancelled is reported as what it is', () => {
  const state = asked(cancelling(), refused, AT);
  expect(ending(seen(state, 'COMPLETED', AT))).toMatchObject({ do: 'done', job: { status: 'COMPLETED' } });
  expect(failing(seen(state, 'FAILED', AT)).type).toBe('UnstructuredJobFailedError');
  expect(failing(seen(state, 'STOPPED', AT)).type).toBe('UnstructuredJobStoppedError');
});

test('a job that we stopped is reported as the limit that caused it', () => {
  const { type, message, details } = failing(seen(asked(cancelling(), undefined, AT), 'STOPPED', AT + SECOND));
  expect(type).toBe('UnstructuredJobTimeoutError');
  expect(message).toBe(`Job ${JOB_ID}: the run limit of ${HOUR} ms passed, and it was cancelled: it ended STOPPED`);
  expect(details.cancel).toEqual({
    since: new Date(AT).toISOString(),
    asks: 1,
    accepted: true,
    confirmed: true,
    lastError: null,
  });
});

test('a cancel that failed, or was not confirmed, does not hide the limit, and says so', () => {
  const failed = failing(seen(asked(cancelling(), refused, AT), 'IN_PROGRESS', AT + SECOND));
  expect(failed.message).toBe(
    `Job ${JOB_ID}: the run limit of ${HOUR} ms passed, but cancelling it failed ` +
      '(UnstructuredRequestError: request failed): it may still run',
  );
  expect(failed.details).toMatchObject({ limit: 'run', cancel: { accepted: false, confirmed: false, asks: 1 } });
  const unconfirmed = failing(seen(asked(cancelling(), undefined, AT), 'IN_PROGRESS', AT + SECOND));
  expect(unconfirmed.message).toBe(
    `Job ${JOB_ID}: the run limit of ${HOUR} ms passed, and it was cancelled, but was last seen IN_PROGRESS: it may still run`,
  );
  expect(unconfirmed.details.cancel).toMatchObject({ accepted: true, confirmed: false });
});

test('states without a cancel have no report of one', () => {
  expect(cancelReport(after([running]))).toBeNull();
  expect(asked(after([running]), undefined, AT)).toEqual(after([running]));
});
