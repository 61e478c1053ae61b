// A start whose answer was lost is never sent again, and its job is adopted only where it can be told for certain.
import { expect, test } from 'vitest';
import type { JobSummary } from '../../../src/core/job';
import type { JobToStart } from '../../../src/core/start/request';
import { listsToAsk, looked, searched } from '../../../src/core/start/search';
import {
  answered,
  beginStart,
  beginUncertain,
  cancelledWhileUncertain,
  sending,
  type StartState,
  unanswered,
} from '../../../src/core/start/state';
import { HOUR, MINUTE, SECOND, START } from '../fixtures';
import {
  decideAt,
  failedStart,
  job,
  jobAtStart,
  listOfJobs,
  ON_DEMAND,
  RUN,
  TOKEN,
  uncertain,
  WORKFLOW_ID,
} from './fixtures';

/** What happens from `state` on while each list is empty: the times of the looks, and the end. */
function searchInVain(state: StartState, options: Parameters<typeof decideAt>[2] = {}) {
  const looks: number[] = [];
  for (let now = START; ;) {
    const decision = decideAt(state, now, options);
    if (decision.do === 'sleep') now = decision.until;
    else if (decision.do === 'list') {
      looks.push(now - START);
      state = searched(state, [listOfJobs([])], options.jobToStart ?? ON_DEMAND, options.uploads ?? 1, now, []);
    } else return { looks, decision };
  }
}

test('with a token the job is looked for over two minutes, then the start is uncertain; nothing is sent', () => {
  const { looks, decision } = searchInVain(failedStart(uncertain));
  expect(looks).toEqual([0, 5, 15, 30, 60, 120].map((seconds) => seconds * SECOND));
  expect(decision).toMatchObject({
    do: 'fail',
    failure: {
      type: 'UnstructuredStartUncertainError',
      details: {
        token: TOKEN,
        sentAt: '2026-01-01T00:00:00.000Z',
        candidates: [],
        candidatesTotal: 0,
        unreadableEntries: 0,
      },
    },
  });
});

test('without a token one look shows the candidates, and none is adopted, not even the only one', () => {
  const state = failedStart(uncertain, null);
  const after = searched(state, [listOfJobs([job('j1')])], ON_DEMAND, 1, START, []);
  expect(after.startedJob).toBeNull();
  expect(decideAt(after, START)).toMatchObject({
    do: 'fail',
    failure: { details: { candidates: [{ id: 'j1' }], candidatesTotal: 1 } },
  });
});

test('the one job whose input files carry the token is the job', () => {
  const lists = [listOfJobs([job('j1')]), listOfJobs([job('j2')], [jobAtStart('j2', [`${TOKEN}-0-a-12345678.pdf`])])];
  const after = searched(failedStart(uncertain), lists, ON_DEMAND, 1, START);
  expect(decideAt(after, START)).toMatchObject({ do: 'done', startedJob: { how: 'found', job: { id: 'j2' } } });
});

test('a job seen in both lists is one job; two jobs with the token are none', () => {
  const carrying = (id: string) => listOfJobs([job(id)], [jobAtStart(id, [`${TOKEN}-0-a-12345678.pdf`])]);
  const search = (...ids: string[]) => searched(failedStart(uncertain), ids.map(carrying), ON_DEMAND, 1, START);
  expect(search('j1', 'j1').startedJob?.job.id).toBe('j1');
  expect(search('j1', 'j2').startedJob).toBeNull();
});

/** A start of a workflow fed by its connector whose answer was lost at once, after all looks but the last. */
function lostRun(earlierJobIds: string[] | null = [], lostAt = START): StartState {
  return lastLook(unanswered(sending(beginStart(null), START), uncertain, lostAt, { earlierJobIds }));
}

function lastLook(state: StartState): StartState {
  return { ...state, uncertain: { ...state.uncertain!, searches: 5 } };
}

const searchRun = (jobs: JobSummary[], state = lostRun(), total = jobs.length) =>
  searched(state, [{ ...listOfJobs(jobs), total }], RUN, 0, START);

test('a workflow fed by its connector: the only job created since is the job, two are none', () => {
  expect(searchRun([job('j1')]).startedJob).toMatchObject({ how: 'found', job: { id: 'j1' } });
  expect(searchRun([job('j1'), job('j2')]).startedJob).toBeNull();
  expect(searchRun([]).startedJob).toBeNull();
});

test('its job is told at the last look only: until then another may not be listed yet', () => {
  const state = { ...failedStart(uncertain, null), earlierJobIds: [] };
  const { looks, decision } = searchInVain(state, { jobToStart: RUN, uploads: 0 });
  expect(looks).toHaveLength(6);
  expect(decision.do).toBe('fail');
  expect(searchRun([job('j1')], state).startedJob).toBeNull();
});

test('a run by schedule is never ours, nor one of unknown age, nor one of more than were listed', () => {
  const scheduled = { ...job('j2'), jobType: 'scheduled' };
  expect(searchRun([scheduled])).toMatchObject({ startedJob: null, candidates: { jobs: [{ id: 'j2' }], total: 1 } });
  expect(searchRun([scheduled, job('j1')]).startedJob?.job.id).toBe('j1');
  expect(searchRun([{ ...job('j1'), createdAt: null }]).startedJob).toBeNull();
  expect(searchRun([job('j1')], lostRun(), 101).startedJob).toBeNull();
});

test('an entry that could not be read may be any job: only the token tells one for certain', () => {
  const unread = (jobs: JobSummary[], carrying: string[] = []) => ({
    ...listOfJobs(
      jobs,
      carrying.map((id) => jobAtStart(id, [`${TOKEN}-0-a-12345678.pdf`])),
    ),
    unreadableEntries: 2,
  });
  const found = searched(failedStart(uncertain), [unread([], ['j1']), unread([])], ON_DEMAND, 1, START, []);
  expect(found.startedJob).toMatchObject({ how: 'found', job: { id: 'j1' } });
  const run = { jobToStart: RUN, uploads: 0 };
  const once = searched(lostRun(), [unread([job('j1')])], RUN, 0, START);
  expect(once.startedJob).toBeNull();
  expect(decideAt(once, START, run), 'it may be read in a moment').toEqual({ do: 'sleep', until: START + 30 * SECOND });
  expect(searchRun([job('j1')], once).startedJob?.job.id).toBe('j1');
  const twice = searched(once, [unread([job('j1')])], RUN, 0, START + MINUTE);
  const decision = decideAt(twice, START + MINUTE, run);
  expect(decision).toMatchObject({
    failure: { details: { candidates: [{ id: 'j1' }], candidatesTotal: 1, unreadableEntries: 2 } },
  });
  expect(JSON.stringify(decision)).toContain('none for certain (2 of the listed jobs could not be read). It is');
});

test('a job that was there right before the send is somebody else’s; where nobody knows, none is ours', () => {
  expect(searchRun([job('other')], lostRun(['other']))).toMatchObject({ startedJob: null, candidates: { total: 0 } });
  expect(searchRun([job('other'), job('j1')], lostRun(['other'])).startedJob?.job.id).toBe('j1');
  expect(searchRun([job('j1')], lostRun(null)).startedJob).toBeNull();
  expect(searchInVain(lostRun(null), { jobToStart: RUN, uploads: 0 }).decision.do).toBe('fail');
});

test('each send has its own look: what the one before saw says nothing of the last', () => {
  const busy = answered(sending(beginStart(null), START), { started: false, detail: null }, START);
  const again = sending(looked(busy, [listOfJobs([])], START), START + HOUR);
  expect(unanswered(again, uncertain, START + HOUR, { earlierJobIds: ['other'] }).earlierJobIds).toEqual(['other']);
  expect(unanswered(again, uncertain, START + HOUR).earlierJobIds).toBeNull();
});

test('a job begun after the answer was lost is never ours, but for what clocks may be apart', () => {
  const lost = lostRun([], START + HOUR);
  const at = (ms: number) => ({ ...job('j1'), createdAt: new Date(ms).toISOString() });
  expect(searchRun([at(START + HOUR + MINUTE)], lost).startedJob?.job.id).toBe('j1');
  expect(searchRun([at(START + HOUR + MINUTE + 1)], lost)).toMatchObject({
    startedJob: null,
    candidates: { total: 1 },
  });
});

test('a start that is taken up knows which runs are not its own, and until when its own may have begun', () => {
  const [sentAt, lostAt, now] = [START - HOUR, START - HOUR + MINUTE, START];
  const at = (ms: number) => ({ ...job('j1'), createdAt: new Date(ms).toISOString() });
  const state = lastLook(beginUncertain(null, { sentAt, lostAt, earlierJobIds: ['other'] }, now));
  expect(searchRun([at(lostAt), { ...at(now), id: 'later' }], state).startedJob?.job.id).toBe('j1');
  expect(searchRun([at(lostAt), { ...at(now), id: 'doubt', createdAt: null }], state).startedJob).toBeNull();
  expect(searchRun([job('other'), at(lostAt)], state).startedJob?.job.id).toBe('j1');
  expect(searchRun([at(START)], state).startedJob).toBeNull();
});

test('where nobody knows when the answer was lost, one look shows the candidates, and none is adopted', () => {
  const state = beginUncertain(null, { sentAt: START, earlierJobIds: [] }, START);
  expect(searchRun([job('j1')], lastLook(state)).startedJob).toBeNull();
  const after = searchRun([job('j1')], state);
  expect(decideAt(after, START, { jobToStart: RUN, uploads: 0 })).toMatchObject({
    do: 'fail',
    failure: { details: { candidates: [{ id: 'j1' }] } },
  });
});

test('a start without documents begins by sending, too: its activity looks right before', () => {
  expect(decideAt(beginStart(null), START, { jobToStart: RUN, uploads: 0 })).toEqual({ do: 'send' });
});

test('the failure says what a list can show, and how to settle it', () => {
  const messageOf = (jobs: JobSummary[], jobToStart: JobToStart) => {
    const state = searched(failedStart(uncertain, null), [listOfJobs(jobs)], jobToStart, 1, START, []);
    const decision = decideAt(state, START, { jobToStart });
    return decision.do === 'fail' ? decision.failure.message : '';
  };
  expect(messageOf([], ON_DEMAND)).toContain('no job could be it, none for certain.');
  expect(messageOf([job('j1')], ON_DEMAND)).toContain('; 1 job could be it');
  expect(messageOf([job('j1'), job('j2')], RUN)).toContain('; 2 jobs could be it');
  expect(messageOf([], RUN)).toContain('once you know its job, pass resume: { ...details.run, jobId } to runJob');
  expect(messageOf([], RUN)).toMatch(/once you know that there is none, start again; a run needs another key$/);
});

test('a workflow with uploaded documents needs the token all the same', () => {
  expect(searched(failedStart(uncertain, null), [listOfJobs([job('j1')])], RUN, 1, START).startedJob).toBeNull();
  expect(searched(failedStart(uncertain), [listOfJobs([job('j1')])], RUN, 1, START).startedJob).toBeNull();
});

test('lists are narrowed: by workflow, or queued before running, since a minute before the start', () => {
  const createdAfter = '2025-12-31T23:59:00.000Z';
  expect(listsToAsk(failedStart(uncertain), RUN, 1)).toEqual([{ workflowId: WORKFLOW_ID, createdAfter, token: TOKEN }]);
  expect(listsToAsk(failedStart(uncertain), ON_DEMAND, 1)).toEqual([
    { status: 'SCHEDULED', createdAfter, token: TOKEN },
    { status: 'IN_PROGRESS', createdAfter, token: TOKEN },
  ]);
});

test('a list that can not be had does not count as a look, and is asked for again for hours', () => {
  let state = searched(failedStart(uncertain), null, ON_DEMAND, 1, START);
  expect(decideAt(state, START)).toEqual({ do: 'sleep', until: START + 30 * SECOND });
  state = searched(state, null, ON_DEMAND, 1, START + 12 * HOUR - 1);
  expect(decideAt(state, START + 12 * HOUR).do).toBe('sleep');
  state = searched(state, null, ON_DEMAND, 1, START + 12 * HOUR);
  expect(decideAt(state, START + 12 * HOUR)).toMatchObject({ do: 'fail' });
  state = searched(state, [listOfJobs([])], ON_DEMAND, 1, START + 12 * HOUR);
  expect(decideAt(state, START + 12 * HOUR)).toEqual({ do: 'sleep', until: START + 12 * HOUR + 5 * SECOND });
});

test('a cancelled run looks for the confirm limit, then gives up', () => {
  const confirmLimit = 20 * SECOND;
  const cancelled = cancelledWhileUncertain(failedStart(uncertain), START);
  const failing = searched(cancelled, null, ON_DEMAND, 1, START);
  expect(decideAt(cancelled, START, { confirmLimit })).toEqual({ do: 'list' });
  expect(decideAt(failing, START, { confirmLimit })).toEqual({ do: 'sleep', until: START + confirmLimit });
  const later = cancelledWhileUncertain(failing, START + 10 * SECOND);
  expect(decideAt(later, START + confirmLimit - 1, { confirmLimit }).do).toBe('sleep');
  expect(decideAt(later, START + confirmLimit, { confirmLimit }).do).toBe('fail');
  expect(cancelledWhileUncertain(beginStart(null), START)).toEqual(beginStart(null));
});

test('the start of an earlier run is looked for, not sent', () => {
  const state = beginUncertain(TOKEN, { sentAt: START - 10 * MINUTE }, START);
  expect(decideAt(state, START)).toEqual({ do: 'list' });
  expect(listsToAsk(state, ON_DEMAND, 1)[0]).toMatchObject({
    createdAfter: '2025-12-31T23:49:00.000Z',
    token: TOKEN,
  });
  expect(searchInVain(state).decision.do).toBe('fail');
});
