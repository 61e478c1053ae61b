// A start is sent again only where it was certainly not accepted, within a budget, and not faster than the service wants.
import { expect, test } from 'vitest';
import type { FailedCall } from '../../../src/core/call-error';
import { looked } from '../../../src/core/start/search';
import { answered, beginStart, sending, unanswered } from '../../../src/core/start/state';
import { error, HOUR, MINUTE, SECOND, START } from '../fixtures';
import {
  decideAt,
  documentRefused,
  failedStart,
  jobAtStart,
  listOfJobs,
  notSent,
  rateLimited,
  RUN,
  startedAnswer,
} from './fixtures';

const conflict = error('request', { status: 409 }) as FailedCall;

test('a start begins by sending', () => {
  expect(decideAt(beginStart(null), START)).toEqual({ do: 'send' });
});

test('an answer with a job ends it', () => {
  const state = answered(sending(beginStart(null), START), startedAnswer('j1'), START);
  expect(decideAt(state, START)).toMatchObject({ do: 'done', startedJob: { how: 'answered', job: { id: 'j1' } } });
  expect(state.sends).toBe(1);
});

test('a start that was not sent goes out again after a pause of 5 s', () => {
  const state = failedStart(notSent);
  expect(decideAt(state, START)).toEqual({ do: 'sleep', until: START + 5 * SECOND });
  expect(decideAt(state, START + 5 * SECOND)).toEqual({ do: 'send' });
});

test.each([
  ['429', rateLimited()],
  ['409', conflict],
])('after the first %s it goes out again after 2 s, then after 5 s', (_, failure) => {
  const first = failedStart(failure);
  expect(decideAt(first, START)).toEqual({ do: 'sleep', until: START + 2 * SECOND });
  const at = START + 2 * SECOND;
  expect(decideAt(unanswered(sending(first, at), failure, at), at)).toEqual({ do: 'sleep', until: at + 5 * SECOND });
});

test('the pause is a tenth of the time so far, at most 5 minutes', () => {
  const at = START + 10 * MINUTE;
  const state = unanswered(sending(failedStart(notSent), at), notSent, at);
  expect(decideAt(state, at)).toEqual({ do: 'sleep', until: at + MINUTE });
  const late = START + 5 * HOUR;
  const again = unanswered(sending(failedStart(notSent), late), notSent, late);
  expect(decideAt(again, late)).toEqual({ do: 'sleep', until: late + 5 * MINUTE });
});

test("the service's hint stretches a pause and never shortens it", () => {
  expect(decideAt(failedStart(rateLimited(40_000)), START)).toEqual({ do: 'sleep', until: START + 40 * SECOND });
  expect(decideAt(failedStart(rateLimited(1_000)), START)).toEqual({ do: 'sleep', until: START + 2 * SECOND });
});

test('starts that got the same hint together are not sent again together', () => {
  const sends = [0, 0.5, 1].map((random) => decideAt(failedStart(rateLimited(40_000)), START, { random }));
  expect(sends).toEqual([40, 42, 44].map((s) => ({ do: 'sleep', until: START + s * SECOND })));
});

test('starts of one run keep the spacing', () => {
  const state = failedStart(notSent);
  expect(decideAt(state, START, { startSpacing: MINUTE })).toEqual({ do: 'sleep', until: START + MINUTE });
  const busy = answered(sending(beginStart(null), START), { started: false, detail: null }, START);
  const free = looked(busy, [listOfJobs([])], START);
  const options = { startSpacing: MINUTE, jobToStart: RUN, uploads: 0 };
  expect(decideAt(free, START, options)).toEqual({ do: 'sleep', until: START + MINUTE });
  expect(decideAt(free, START + MINUTE, options)).toEqual({ do: 'send' });
  expect(decideAt(beginStart(null), START, { startSpacing: MINUTE })).toEqual({ do: 'send' });
});

test.each([
  ['429', rateLimited(), 24 * HOUR, 'UnstructuredRateLimitError'],
  ['409', conflict, 24 * HOUR, 'UnstructuredRequestError'],
  ['a start that was not sent', notSent, 12 * HOUR, 'UnstructuredConnectionError'],
])('%s ends a start after its budget, and not before', (_, failure, budget, type) => {
  const until = (at: number) => unanswered(sending(failedStart(failure), at), failure, at);
  expect(decideAt(until(START + budget - 1), START + budget).do).toBe('sleep');
  expect(decideAt(until(START + budget), START + budget)).toMatchObject({
    do: 'fail',
    failure: { type, details: { kind: failure.type === 'error' && failure.error.api!.kind } },
  });
});

const untrusted = error('connection', { notSent: true, wrongSetup: true }) as FailedCall;

test('a wrong set-up ends a start that the API has not answered yet', () => {
  const ended = { do: 'fail', failure: { type: 'UnstructuredConnectionError', details: { wrongSetup: true } } };
  expect(decideAt(failedStart(untrusted), START)).toMatchObject(ended);
  const after = unanswered(sending(failedStart(notSent), START + MINUTE), untrusted, START + MINUTE);
  expect(decideAt(after, START + MINUTE)).toMatchObject(ended);
});

test.each([
  ['a 429', failedStart(rateLimited())],
  ['a 429 and an outage', unanswered(sending(failedStart(rateLimited()), START), notSent, START)],
  ['a busy workflow', answered(sending(beginStart(null), START), { started: false, detail: null }, START)],
  ['a search for what a run before its reset started', { ...beginStart(null), searchedRunId: 'run' }],
])('after %s it may pass', (_, before) => {
  const state = { ...unanswered(sending(before, START), untrusted, START), busy: null };
  expect(decideAt(state, START).do).toBe('sleep');
});

test('one other error does not cut the budget of 429s, nor begin it anew', () => {
  const limitedFor = (hours: number) => {
    const limited = failedStart(rateLimited());
    const at = START + hours * HOUR;
    return unanswered(sending(limited, at), notSent, at);
  };
  const late = limitedFor(23);
  expect(decideAt(late, START + 23 * HOUR)).toEqual({ do: 'sleep', until: START + 23 * HOUR + 5 * SECOND });
  const at = START + 24 * HOUR;
  expect(decideAt(unanswered(sending(late, at), rateLimited(), at), at)).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredRateLimitError' },
  });
});

test('a 429 shows that the outage is over', () => {
  const [first, second] = [START + 11 * HOUR, START + 12 * HOUR];
  const limited = unanswered(sending(failedStart(notSent), first), rateLimited(), first);
  const again = unanswered(sending(limited, second), notSent, second);
  expect(decideAt(again, second).do).toBe('sleep');
  const late = second + 12 * HOUR;
  expect(decideAt(unanswered(sending(again, late), notSent, late), late)).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredConnectionError' },
  });
});

test.each<[string, FailedCall]>([
  ['no worker took it', { type: 'noAnswer', timeoutType: 'SCHEDULE_TO_START' }],
  ['no worker knows it', { type: 'error', error: { type: 'NotFoundError', message: 'x', api: null, retryable: true } }],
])('a start that %s ends as a connection error once its budget is over', (_, failure) => {
  const late = START + 12 * HOUR;
  expect(decideAt(failedStart(failure), START).do).toBe('sleep');
  expect(decideAt(unanswered(sending(beginStart(null), START), failure, late), late)).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredConnectionError', details: { kind: 'connection', notSent: true } },
  });
});

test('budgets begin anew after an answer', () => {
  const busy = answered(failedStart(notSent), { started: false, detail: null }, START + MINUTE);
  expect(busy.refused).toBeNull();
});

test('a refusal ends it at once as what it is', () => {
  const refusal = error('validation', { status: 422, detail: 'no such template' });
  const decision = decideAt(failedStart({ type: 'error', error: refusal.error }), START);
  expect(decision).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredValidationError', details: { status: 422 } },
  });
});

test('a refused document ends a start at once; a refused credential of the storage after its budget, and not before', () => {
  expect(decideAt(failedStart(documentRefused('notReadable')), START)).toEqual({
    do: 'fail',
    failure: {
      type: 'UnstructuredDocumentRefusedError',
      message: 'refused',
      details: { ref: 's3://inbox/a.pdf', reason: 'notReadable', refused: [], refusedTotal: 1 },
    },
  });
  const credential = documentRefused('credentialRefused');
  const until = (at: number) => unanswered(sending(failedStart(credential), at), credential, at);
  expect(decideAt(failedStart(credential), START)).toEqual({ do: 'sleep', until: START + 5 * SECOND });
  expect(decideAt(until(START + HOUR - 1), START + HOUR).do).toBe('sleep');
  expect(decideAt(until(START + HOUR), START + HOUR)).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredDocumentRefusedError', details: { reason: 'credentialRefused' } },
  });
  expect(decideAt(until(START + MINUTE), START + MINUTE, { credentialBudget: MINUTE }).do).toBe('fail');
});

test('the budget of a credential begins anew after another failure', () => {
  const credential = documentRefused('credentialRefused');
  const between = unanswered(sending(failedStart(credential), START + MINUTE), notSent, START + MINUTE);
  const again = unanswered(sending(between, START + HOUR), credential, START + HOUR);
  expect(decideAt(again, START + HOUR).do).toBe('sleep');
});

test('what one send left out says nothing of the next', () => {
  const skipped = [{ index: 1, reason: 'notFound' as const, message: 'gone' }];
  const first = answered(
    sending(beginStart(null), START),
    { started: true, ...jobAtStart('j1'), skipped: skipped as never },
    START,
  );
  expect(first.skipped).toEqual(skipped);
  expect(sending(first, START).skipped).toBeUndefined();
});
