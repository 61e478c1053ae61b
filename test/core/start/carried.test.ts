// What continue-as-new carries of a start is taken as it is; what no version writes is refused for good.
import { expect, test } from 'vitest';
import { UnstructuredValidationError } from '../../../src/core/errors';
import type { FailedCall } from '../../../src/core/call-error';
import { answered, beginStart, beginUncertain, sending, unanswered } from '../../../src/core/start/state';
import { checkCarriedStart } from '../../../src/core/start/carried';
import { error, START } from '../fixtures';
import { failedStart, notSent, startedAnswer } from './fixtures';

const SENT = sending(beginStart('token'), START);
const BUSY = { started: false, detail: 'A run is in progress' } as const;

test.each([
  ['at its begin', beginStart(null)],
  ['that was refused', failedStart(notSent)],
  ['that is uncertain', unanswered(SENT, { type: 'noAnswer', timeoutType: 'HEARTBEAT' }, START)],
  ['that an earlier run left uncertain', beginUncertain(null, { sentAt: START }, START)],
  ['that waits for another run', answered(SENT, BUSY, START)],
  ['that was answered', answered(SENT, startedAnswer('j1'), START)],
  ['that failed for good', unanswered(SENT, error('validation', { status: 422 }) as FailedCall, START)],
])('a start %s goes on', (_, state) => {
  const carried = JSON.parse(JSON.stringify(state)) as typeof state;
  expect(checkCarriedStart(carried)).toBe(carried);
});

test.each(['refused', 'uncertain', 'busy', 'candidates', 'startedJob'])('a wrong %s is refused for good', (name) => {
  for (const wrong of [5, 'x', [], {}, { at: START }])
    expect(() => checkCarriedStart({ ...SENT, [name]: wrong })).toThrow(UnstructuredValidationError);
});

test.each(['skipped', 'givenUp', 'earlierJobIds'])('a wrong entry among %s is refused for good', (name) => {
  for (const wrong of [null, 5, {}, { index: 'first' }])
    expect(() => checkCarriedStart({ ...SENT, [name]: [wrong] })).toThrow(UnstructuredValidationError);
});

test('a wrong job among those that run is refused for good', () => {
  const busy = { since: START, detail: null, looks: 0, lastLookAt: START, running: [null] };
  expect(() => checkCarriedStart({ ...SENT, busy } as never)).toThrow(UnstructuredValidationError);
});

test('a time that no date has is refused for good, wherever it stands', () => {
  const uncertain = unanswered(SENT, { type: 'noAnswer', timeoutType: 'HEARTBEAT' }, START);
  for (const wrong of [1e300, -8.65e15, Infinity, 'soon']) {
    for (const name of ['lastSendAt', 'nextStepAt', 'sends'])
      expect(() => checkCarriedStart({ ...SENT, [name]: wrong })).toThrow(UnstructuredValidationError);
    for (const name of ['sentAt', 'since', 'lostAt', 'cancelledAt', 'lastSearchAt']) {
      const state = { ...uncertain, uncertain: { ...uncertain.uncertain!, [name]: wrong } };
      expect(() => checkCarriedStart(state)).toThrow(UnstructuredValidationError);
    }
    const unserved = { since: wrong as number, taskQueue: 'documents' };
    expect(() => checkCarriedStart({ ...SENT, unserved })).toThrow(UnstructuredValidationError);
  }
});
