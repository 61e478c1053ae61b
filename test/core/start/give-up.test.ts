// Documents that cannot be read, send after send, while others can, are given up: they hold nothing up for as long as an outage may.
import { expect, test } from 'vitest';
import type { RefusedDocument } from '../../../src/core/refusal';
import type { FailedCall } from '../../../src/core/call-error';
import { documentsRefused } from '../../../src/core/start/failure';
import { givingUp } from '../../../src/core/start/give-up';
import { DEFAULT_START_OPTIONS, type StartOptions } from '../../../src/core/start/options';
import { answered, beginStart, sending, type StartState, unanswered } from '../../../src/core/start/state';
import { error, HOUR, MINUTE, START } from '../fixtures';
import { carried, decideAt, notSent, rateLimited, TOKEN } from './fixtures';

const incomplete = error('connection', { incomplete: true }) as FailedCall;
const TOTAL = 3;

const document = (index: number): RefusedDocument => ({
  index,
  ref: `m:${index}`,
  reason: 'notReadable',
  message: `Document m:${index} was refused: cut`,
});

interface Broken {
  minutes: number;
  indices?: number[];
  failure?: FailedCall;
}

/** What sends that failed one after the other leave, each at its minute. */
function after(sends: Broken[], given: Partial<StartOptions> = {}, state: StartState = beginStart(TOKEN)): StartState {
  const options = { ...DEFAULT_START_OPTIONS, ...given };
  return sends.reduce((before, { minutes, indices = [], failure = incomplete }) => {
    const at = START + minutes * MINUTE;
    const broken = indices.map(document);
    const seen = { earlierJobIds: null, ...(broken.length > 0 && { broken }) };
    return carried(givingUp(unanswered(sending(before, at), failure, at, seen), options, TOTAL));
  }, state);
}

const skip = { onRefused: 'skip' } as const;
const each = (minutes: number[], ...indices: number[]): Broken[] => minutes.map((at) => ({ minutes: at, indices }));
const givenUp = (state: StartState) => state.givenUp?.map(({ index }) => index);

test('the same document in three sends over ten minutes is given up, and the others go out at once without it', () => {
  expect(givenUp(after(each([0, 5, 9.9], 1), skip))).toBeUndefined();
  expect(givenUp(after(each([0, 11], 1), skip)), 'two sends are too few').toBeUndefined();
  const state = after(each([0, 5, 10], 1), skip);
  expect(state).toMatchObject({ refused: null, givenUp: [{ index: 1, ref: 'm:1', reason: 'notReadable' }] });
  expect(state.givenUp?.[0]?.message).toBe('Document m:1 was refused: cut, in 3 sends since 2026-01-01T00:00:00.000Z');
  expect(decideAt(state, START + 11 * MINUTE, skip)).toEqual({ do: 'send' });
});

test('where none may be skipped, the start fails with it', () => {
  const state = after(each([0, 5, 10], 1));
  const [one] = state.givenUp!;
  expect(decideAt(state, START + 10 * MINUTE)).toEqual({ do: 'fail', failure: documentsRefused([one!], TOTAL) });
});

test('where none is left, the start fails with all', () => {
  const state = after(each([20, 25, 30], 2), skip, after(each([0, 5, 10], 0, 1), skip));
  expect(decideAt(state, START + 30 * MINUTE, skip)).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredDocumentRefusedError', details: { refusedTotal: 3 } },
  });
});

test('one after the other, each has its time', () => {
  const first = after(each([0, 5, 10], 1), skip);
  const second = after(each([11, 16, 20.9], 2), skip, first);
  expect(givenUp(second)).toEqual([1]);
  expect(givenUp(after(each([21], 2), skip, second))).toEqual([1, 2]);
});

test('the budget of outages goes on where documents are given up', () => {
  const options = { ...skip, startOutageBudget: 25 * MINUTE };
  const first = after(each([0, 5, 10], 1), options);
  const ended = after(
    [
      { minutes: 11, failure: notSent },
      { minutes: 25, failure: notSent },
    ],
    options,
    first,
  );
  expect(ended).not.toHaveProperty('refusedBefore');
  expect(decideAt(ended, START + 25 * MINUTE, options)).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredConnectionError' },
  });
});

test('an answer ends it', () => {
  const first = after(each([0, 5, 10], 1), skip);
  const busy = answered(sending(first, START + 11 * MINUTE), { started: false, detail: null }, START + 11 * MINUTE);
  expect(busy).not.toHaveProperty('refusedBefore');
});

test('another document in between shows that each may break: the time begins anew', () => {
  const sends = [...each([0, 5], 1), ...each([9], 2), ...each([10], 1)];
  expect(givenUp(after(sends, skip))).toBeUndefined();
  expect(givenUp(after([...each([0, 5], 1), ...each([9, 14, 19], 2)], skip))).toEqual([2]);
});

test('of several documents those count that broke each send', () => {
  expect(givenUp(after([...each([0], 0, 1), ...each([5], 1), ...each([10], 0, 1)], skip))).toEqual([1]);
});

test.each<[string, FailedCall]>([
  ['a "not now"', rateLimited()],
  ['an outage', notSent],
  ['a send that nobody took', { type: 'noAnswer', timeoutType: 'SCHEDULE_TO_START' }],
])('%s in between counts for nothing, and does not show that the document can be read', (_, failure) => {
  const between = { minutes: 7, failure };
  expect(givenUp(after([...each([0, 5], 1), between, ...each([10], 1)], skip))).toEqual([1]);
  expect(givenUp(after([...each([0], 1), between, ...each([10], 1)], skip))).toBeUndefined();
  expect(givenUp(after([...each([0, 5, 9], 1), { minutes: 20, failure }], skip)), 'only with its own').toBeUndefined();
});

test('what a start tells that was answered, or is refused for good, is no news of documents', () => {
  const lasting = error('validation', { status: 422 }) as FailedCall;
  const state = after([...each([0, 5], 1), { minutes: 10, indices: [1], failure: lasting }], skip);
  expect([givenUp(state), state.refused?.final]).toEqual([undefined, true]);
});

test('a shorter startOutageBudget is the budget of documents', () => {
  expect(givenUp(after(each([0], 1), { ...skip, startOutageBudget: 0 }))).toEqual([1]);
  const short = { ...skip, startOutageBudget: 4 * MINUTE };
  expect(givenUp(after(each([0, 3], 1), short))).toBeUndefined();
  expect(givenUp(after(each([0, 4], 1), short))).toEqual([1]);
});

test('where no document can be read, or only other ones each time, the budget of outages holds', () => {
  const state = after([{ minutes: 0 }, { minutes: 11 * 60 }, { minutes: 719 }], skip);
  expect(decideAt(state, START + 12 * HOUR, skip).do).toBe('sleep');
  expect(decideAt(after([{ minutes: 720 }], skip, state), START + 12 * HOUR, skip)).toMatchObject({
    do: 'fail',
    failure: { type: 'UnstructuredConnectionError' },
  });
});

const expired = (...indices: number[]): FailedCall => {
  const refused = indices.map((index) => ({ ...document(index), reason: 'credentialRefused' as const }));
  const { type, message, details: refusal } = documentsRefused(refused, TOTAL);
  return { type: 'error', error: { type, message, api: null, retryable: true, refusal } };
};

test('a credential that is refused for some documents alone takes no other down once its budget is over', () => {
  const refusedFor = (minutes: number, options: Partial<StartOptions>) =>
    after(
      [0, minutes].map((at) => ({ minutes: at, failure: expired(0, 2) })),
      options,
    );
  expect(givenUp(refusedFor(59, skip))).toBeUndefined();
  const state = refusedFor(60, skip);
  expect([givenUp(state), decideAt(state, START + 61 * MINUTE, skip).do]).toEqual([[0, 2], 'send']);
  expect(decideAt(refusedFor(60, {}), START + HOUR)).toMatchObject({
    do: 'fail',
    failure: { details: { reason: 'credentialRefused', refusedTotal: 2 } },
  });
});
