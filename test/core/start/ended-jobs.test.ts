// The job of a lost start is found when it is over, too: the last look asks for the jobs that ended, as far as they can be listed.
import { describe, expect, it } from 'vitest';
import { listsToAsk, searched } from '../../../src/core/start/search';
import type { StartState } from '../../../src/core/start/state';
import { HOUR, MINUTE, SECOND, START } from '../fixtures';
import { decideAt, failedStart, job, jobAtStart, listOfJobs, ON_DEMAND, RUN, TOKEN, uncertain } from './fixtures';

const ENDED = ['COMPLETED', 'FAILED', 'STOPPED'];
const createdAfter = '2025-12-31T23:59:00.000Z';
const statusesOf = (state: StartState, jobToStart = ON_DEMAND) =>
  listsToAsk(state, jobToStart, 1).map(({ status = 'any' }) => status);

/** A start after all looks but the last. */
function beforeLastLook(token: string | null = TOKEN): StartState {
  const state = failedStart(uncertain, token);
  return { ...state, uncertain: { ...state.uncertain!, searches: token === null ? 0 : 5 } };
}

const look = (state: StartState, unlisted: string[], jobs = [job('j1', 'FAILED')], now = START) =>
  searched(state, [listOfJobs(jobs)], ON_DEMAND, 1, now, unlisted);

describe('the last look', () => {
  it('asks for queued, running and ended jobs, in the order in which a job moves on, with their input files', () => {
    expect(statusesOf(beforeLastLook())).toEqual(['SCHEDULED', 'IN_PROGRESS', ...ENDED]);
    expect(listsToAsk(beforeLastLook(), ON_DEMAND, 1).at(-1)).toEqual({
      status: 'STOPPED',
      createdAfter,
      token: TOKEN,
      inputFiles: true,
    });
  });

  it('is the only one without a token, and the sixth with one', () => {
    expect(statusesOf(beforeLastLook(null))).toHaveLength(5);
    for (const searches of [0, 1, 2, 3, 4]) {
      const state = failedStart(uncertain);
      expect(statusesOf({ ...state, uncertain: { ...state.uncertain!, searches } })).toHaveLength(2);
    }
  });

  it('asks for all jobs of a workflow at once, as every look does', () => {
    expect(statusesOf(beforeLastLook(), RUN)).toEqual(['any']);
  });

  it('finds the job that is over', () => {
    const lists = [listOfJobs([job('j1', 'FAILED')], [jobAtStart('j1', [`${TOKEN}-0-a-12345678.pdf`])])];
    expect(searched(beforeLastLook(), lists, ON_DEMAND, 1, START, []).startedJob).toMatchObject({
      how: 'found',
      job: { id: 'j1' },
    });
  });
});

describe('ended jobs that can not be listed', () => {
  it('are asked for once more, then the search concludes without them and says so', () => {
    const once = look(beforeLastLook(), ['COMPLETED']);
    expect(decideAt(once, START)).toEqual({ do: 'sleep', until: START + 30 * SECOND });
    expect(statusesOf(once)).toHaveLength(5);
    const twice = look(once, ['COMPLETED'], [job('j1', 'FAILED')], START + MINUTE);
    const decision = decideAt(twice, START + MINUTE);
    expect(decision).toMatchObject({
      failure: { details: { candidates: [{ id: 'j1' }], unlisted: ['COMPLETED'] } },
    });
    expect(JSON.stringify(decision)).toContain('(jobs that are COMPLETED could not be listed)');
  });

  it('are told as not listed where the search ends before it asks for them', () => {
    const failing = searched(look(failedStart(uncertain), ENDED), null, ON_DEMAND, 1, START + 12 * HOUR);
    expect(decideAt(failing, START + 12 * HOUR)).toMatchObject({ failure: { details: { unlisted: ENDED } } });
  });

  it('are no matter where they were listed the second time', () => {
    const state = look(look(beforeLastLook(), ['COMPLETED']), [], [], START + MINUTE);
    const decision = decideAt(state, START + MINUTE);
    expect(decision).toMatchObject({ failure: { details: { candidates: [], unlisted: [] } } });
    expect(JSON.stringify(decision)).not.toContain('could not be listed');
  });
});
