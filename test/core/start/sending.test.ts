// A start is sent again only where it was certainly not accepted, within a budget, and not faster than the service wants.
import { expect, test } from 'vitest';
import { answered, beginStart, sending, unanswered } from '../../../src/core/start/state';
import { error, HOUR, MINUTE, SECOND, START } from '../fixtures';
import { decideAt, failedStart, notSent, rateLimited, startedAnswer } from './fixtures';

test('a start begins by sending', () => {
  expect(decideAt(beginStart(null, START), START)).toEqual({ do: 'send' });
});

test('an answer with a job ends it', () => {
  const state = answered(sending(beginStart(null, START), START), startedAnswer('j1'), START);
  expect(decideAt(state, START)).toMatchObject({ do: 'done', launched: { how: 'answered', job: { id: 'j1' } } });
  expect(state.sends).toBe(1);
});

test('a start that was not sent goes out again after a pause of 5 s', () => {
  const state = failedStart(notSent);
  expect(decideAt(state, START)).toEqual({ do: 'sleep', until: START + 5 * SECOND });
  expect(decideAt(state, START + 5 * SECOND)).toEqual({ do: 'send' });
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
  expect(decideAt(failedStart(rateLimited(1_000)), START)).toEqual({ do: 'sleep', until: START + 5 * SECOND });
});

test('launches of one run keep the spacing', () => {
  const state = failedStart(notSent);
  expect(decideAt(state, START, { launchSpacing: MINUTE })).toEqual({ do: 'sleep', until: START + MINUTE });
});

test.each([
  ['429', rateLimited(), 24 * HOUR, 'UnstructuredRateLimitError'],
  ['a start that was not sent', notSent, 12 * HOUR, 'UnstructuredConnectionError'],
])('%s ends a start after its budget, and not before', (_, failure, budget, type) => {
  const until = (at: number) => unanswered(sending(failedStart(failure), at), failure, at);
  expect(decideAt(until(START + budget - 1), START + budget).do).toBe('sleep');
  expect(decideAt(until(START + budget), START + budget)).toMatchObject({
    do: 'fail',
    failure: { type, details: { kind: failure.type === 'error' && failure.error.api!.kind } },
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

test('details of a failure that is no API error travel as they came', () => {
  const details = { ref: 'file:///a.pdf', reason: 'empty' };
  const refused = { type: 'UnstructuredDocumentRefusedError', message: 'x', api: null, retryable: false, details };
  expect(decideAt(failedStart({ type: 'error', error: refused }), START)).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredDocumentRefusedError', details },
  });
});
