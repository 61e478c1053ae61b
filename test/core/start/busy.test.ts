// "There is a run in progress, no new job": wait for its end and run then, take it over, or fail, as the caller says.
import { expect, test } from 'vitest';
import { adopted, listsToAsk, looked, searched } from '../../../src/core/start/search';
import { answered, beginStart, sending, type StartState } from '../../../src/core/start/state';
import { HOUR, MINUTE, SECOND, START } from '../fixtures';
import { decideAt, job, listOfJobs, RUN, WORKFLOW_ID } from './fixtures';

const DETAIL = 'There is a run in progress. No new job run.';
const begun = sending(beginStart(null), START);
const busy = answered(begun, { started: false, detail: DETAIL }, START);
const look = (state: StartState, now: number, ...statuses: string[]) =>
  looked(state, [listOfJobs(statuses.map((status, n) => job(`j${n}`, status)))], now);

test('it looks who is running, at once: queued before running, since a workflow may have had thousands of runs', () => {
  expect(decideAt(busy, START, { jobToStart: RUN, uploads: 0 })).toEqual({ do: 'list' });
  expect(listsToAsk(busy, RUN, 0)).toEqual([
    { workflowId: WORKFLOW_ID, status: 'SCHEDULED' },
    { workflowId: WORKFLOW_ID, status: 'IN_PROGRESS' },
  ]);
});

test('a run that is seen in both lists is one', () => {
  const both = looked(busy, [listOfJobs([job('j1')]), listOfJobs([job('j1', 'IN_PROGRESS')])], START);
  expect(both.busy?.running).toMatchObject([{ id: 'j1', status: 'IN_PROGRESS' }]);
});

test('by default it looks again until nobody runs, then sends', () => {
  const running = look(busy, START, 'IN_PROGRESS', 'COMPLETED');
  expect(decideAt(running, START, { jobToStart: RUN })).toEqual({ do: 'sleep', until: START + 10 * SECOND });
  expect(decideAt(running, START + 10 * SECOND, { jobToStart: RUN })).toEqual({ do: 'list' });
  const free = look(running, START + 10 * MINUTE, 'COMPLETED', 'FAILED', 'STOPPED');
  expect(decideAt(free, START + 11 * MINUTE, { jobToStart: RUN })).toEqual({ do: 'send' });
});

test('an unknown status counts as running', () => {
  expect(look(busy, START, 'PAUSED').busy?.running).toHaveLength(1);
});

test('a list that can not be had leaves what was seen', () => {
  const running = look(busy, START, 'IN_PROGRESS');
  expect(looked(running, null, START + MINUTE).busy).toMatchObject({
    running: [{ id: 'j0' }],
    looks: 2,
  });
});

test('adopt takes the one run, and waits where there are two', () => {
  const one = look(busy, START, 'IN_PROGRESS', 'COMPLETED');
  expect(decideAt(one, START, { jobToStart: RUN, whenBusy: 'adopt' })).toEqual({ do: 'adopt', jobId: 'j0' });
  expect(adopted(one, one.busy!.running[0]!).startedJob).toMatchObject({ how: 'adopted', job: { id: 'j0' } });
  const two = look(busy, START, 'IN_PROGRESS', 'SCHEDULED');
  expect(decideAt(two, START, { jobToStart: RUN, whenBusy: 'adopt' }).do).toBe('sleep');
});

test('adopt waits where an entry of the list could not be read: it may be one more', () => {
  const unread = looked(busy, [{ ...listOfJobs([job('j0', 'IN_PROGRESS')]), unreadableEntries: 1 }], START);
  expect(decideAt(unread, START, { jobToStart: RUN, whenBusy: 'adopt' }).do).toBe('sleep');
  expect(looked(unread, null, START).busy).toMatchObject({ unreadableEntries: 1, running: [{ id: 'j0' }] });
  const read = look(unread, START + MINUTE, 'IN_PROGRESS');
  expect(read.busy).not.toHaveProperty('unreadableEntries');
  expect(decideAt(read, START + MINUTE, { jobToStart: RUN, whenBusy: 'adopt' }).do).toBe('adopt');
});

test('fail says who is running', () => {
  const decision = decideAt(look(busy, START, 'IN_PROGRESS'), START, { jobToStart: RUN, whenBusy: 'fail' });
  expect(decision).toMatchObject({
    do: 'fail',
    failure: {
      type: 'UnstructuredWorkflowBusyError',
      message: expect.stringMatching(/the option whenBusy says what to do in this case$/) as unknown,
      details: { workflowId: WORKFLOW_ID, detail: DETAIL, running: [{ id: 'j0' }] },
    },
  });
});

test('a workflow that stays busy for the start budget ends the start', () => {
  const late = look(busy, START + 24 * HOUR, 'IN_PROGRESS');
  expect(decideAt(late, START + 24 * HOUR, { jobToStart: RUN })).toMatchObject({
    failure: {
      type: 'UnstructuredWorkflowBusyError',
      message: expect.stringContaining('longer than the option startBudget allows') as unknown,
    },
  });
  const before = look(busy, START + 24 * HOUR - 1, 'IN_PROGRESS');
  expect(decideAt(before, START + 24 * HOUR, { jobToStart: RUN }).do).toBe('sleep');
});

test('busy again keeps its begin; a search leaves other states alone', () => {
  const again = answered(sending(busy, START + HOUR), { started: false, detail: null }, START + HOUR);
  expect(again.busy).toMatchObject({ since: START, looks: 0 });
  expect(searched(busy, [], RUN, 0, START)).toBe(busy);
});
