// While as many on-demand jobs run as the account may have, a start is sent all the same, or held back, as the caller says.
import { expect, test } from 'vitest';
import { DEFAULT_START_OPTIONS } from '../../../src/core/start/options';
import { listsToAsk, looked } from '../../../src/core/start/search';
import { beginStart, sending, unanswered, type StartState } from '../../../src/core/start/state';
import { HOUR, MINUTE, SECOND, START } from '../fixtures';
import { decideAt, failedStart, job, listOfJobs, notSent, ON_DEMAND, rateLimited, RUN, TOKEN } from './fixtures';

const HOLD = { whenFull: 'hold' } as const;
const begun = beginStart(TOKEN);
const listOf = (types: (string | null)[]) =>
  listOfJobs(types.map((jobType, n) => ({ ...job(`j${n}`, 'IN_PROGRESS'), jobType })));
const look = (state: StartState, now: number, running: number) =>
  looked(state, [listOf(Array.from({ length: running }, () => 'ephemeral'))], DEFAULT_START_OPTIONS, now);

test('by default nobody looks: the service queues what is too many', () => {
  expect(decideAt(begun, START)).toEqual({ do: 'send' });
});

test('held back: it looks who runs right before the start goes out, not who is queued', () => {
  expect(decideAt(begun, START, HOLD)).toEqual({ do: 'list' });
  expect(listsToAsk(begun, ON_DEMAND)).toEqual([{ status: 'IN_PROGRESS' }]);
});

test('a run of a workflow takes no room and needs none', () => {
  expect(decideAt(begun, START, { ...HOLD, target: RUN })).toEqual({ do: 'send' });
  const types = ['persistent', 'scheduled', 'ephemeral', 'template', null];
  expect(looked(begun, [listOf(types)], DEFAULT_START_OPTIONS, START).room).toEqual({
    since: START,
    lastLookAt: START,
    running: 3,
  });
});

test('jobs that a list leaves out count, too', () => {
  const cut = { ...listOf(['persistent', 'ephemeral']), total: 102 };
  expect(looked(begun, [cut], DEFAULT_START_OPTIONS, START).room?.running).toBe(101);
});

test('below the limit it is sent, at the limit it sleeps and looks again', () => {
  expect(decideAt(look(begun, START, 4), START, HOLD)).toEqual({ do: 'send' });
  const full = look(begun, START, 5);
  expect(decideAt(full, START, HOLD)).toEqual({ do: 'sleep', until: START + 10 * SECOND });
  expect(decideAt(full, START + 10 * SECOND, HOLD)).toEqual({ do: 'list' });
  expect(decideAt(full, START, { ...HOLD, maxRunning: 6 })).toEqual({ do: 'send' });
  const later = look(full, START + 5 * MINUTE, 5);
  expect(decideAt(later, START + 5 * MINUTE, HOLD)).toEqual({ do: 'sleep', until: START + 5.5 * MINUTE });
  expect(later.room).toEqual({ since: START, lastLookAt: START + 5 * MINUTE, running: 5 });
});

test('where nobody knows how many run, it is sent', () => {
  const unknown = looked(look(begun, START, 5), null, DEFAULT_START_OPTIONS, START + MINUTE);
  expect(unknown.room).toEqual({ since: START, lastLookAt: START + MINUTE, running: null });
  expect(decideAt(unknown, START + MINUTE, HOLD)).toEqual({ do: 'send' });
});

test('held back for the launch budget, it is sent all the same', () => {
  const before = look(look(begun, START, 5), START + 24 * HOUR - 1, 5);
  expect(decideAt(before, START + 24 * HOUR - 1, HOLD).do).toBe('sleep');
  const late = look(before, START + 24 * HOUR, 5);
  expect(decideAt(late, START + 24 * HOUR, HOLD)).toEqual({ do: 'send' });
  expect(decideAt(look(begun, START, 5), START, { ...HOLD, launchBudget: 0 })).toEqual({ do: 'send' });
});

test('what was refused before it was held back is over: each time of trouble has a budget of its own', () => {
  for (const failure of [rateLimited(), notSent]) {
    const refused = failedStart(failure);
    const held = look(refused, START + 10 * SECOND, 5);
    expect(held.refused).toBeNull();
    const again = unanswered(sending(look(held, START + 23 * HOUR, 0), START + 23 * HOUR), failure, START + 25 * HOUR);
    expect(decideAt(again, START + 25 * HOUR, HOLD).do).toBe('sleep');
    const free = look(refused, START + 10 * SECOND, 4);
    expect(free.refused).toBe(refused.refused);
    expect(looked(refused, null, DEFAULT_START_OPTIONS, START + 10 * SECOND).refused).toBe(refused.refused);
  }
});

test('each send has a look of its own: after a 429 its pause comes first', () => {
  const free = look(begun, START, 0);
  expect(sending(free, START).room).toBeNull();
  const refused = failedStart(rateLimited());
  expect(decideAt(refused, START, HOLD)).toEqual({ do: 'sleep', until: START + 5 * SECOND });
  expect(decideAt(refused, START + 5 * SECOND, HOLD)).toEqual({ do: 'list' });
});
