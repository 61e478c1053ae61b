import { describe, expect, it } from 'vitest';
import { waitResult } from '../../../src/core/wait/report';
import { waitProgress } from '../../../src/core/wait/progress';
import { answer, error, jobNotFound, jobSummary, MINUTE, SECOND, START } from '../fixtures';
import { checkTimes, failureOf, replies, simulate, timeline } from '../simulate';

const completed = answer('COMPLETED');
const startedAs = (status: string) => ({ started: { job: jobSummary(status), sentMs: 3 * SECOND } });

describe('the answer to the start of a job', () => {
  it.each(['SCHEDULED', 'IN_PROGRESS'])('stands for the first check where it says %s', (status) => {
    const run = simulate(replies(completed), startedAs(status));
    expect(checkTimes(run)).toEqual([10 * SECOND]);
    expect(run.state.checks).toBe(1);
  });

  it.each(['COMPLETED', 'FAILED', 'STOPPED', 'PAUSED'])('is checked at once where it says %s', (status) => {
    expect(checkTimes(simulate(replies(completed), startedAs(status)))).toEqual([0]);
  });

  it('is seen in the progress before any check', () => {
    const { state } = simulate(replies(completed), { ...startedAs('SCHEDULED'), giveUpAt: 1 });
    expect(waitProgress(state, null, 'sleeping')).toMatchObject({ status: 'SCHEDULED', checks: 0, lastError: null });
  });

  it('begins the clocks of queue and run', () => {
    const job = timeline([12 * SECOND, answer('IN_PROGRESS')], [Infinity, completed]);
    const { state } = simulate(job, startedAs('SCHEDULED'));
    expect(state).toMatchObject({ queuedMs: 10 * SECOND, runningMs: 10 * SECOND });
  });

  it('bounds how late the end was noticed by when the start was sent', () => {
    const { state, endedAt } = simulate(replies(completed), startedAs('IN_PROGRESS'));
    const { wait } = waitResult(state, jobSummary('COMPLETED'), START + endedAt);
    expect(wait.noticedWithinMs).toBe(endedAt + 3 * SECOND);
  });

  it('erases no list that the start brought', () => {
    const knownFiles = [{ nodeId: 'n', fileId: 'f', nodeType: 'partition', nodeSubtype: 'x' }];
    const run = simulate(replies(completed), { ...startedAs('SCHEDULED'), knownFiles, giveUpAt: 1 });
    expect(run.state.outputNodeFiles?.entries).toEqual(knownFiles);
  });

  it('is a success before which no 401 is final', () => {
    const refused = error('authentication', { status: 401 });
    const run = simulate(timeline([MINUTE, refused], [Infinity, completed]), startedAs('SCHEDULED'));
    expect(run.end?.do).toBe('done');
  });

  it('leaves the job its grace in which it may not be found', () => {
    const run = simulate(timeline([4 * MINUTE, jobNotFound], [Infinity, completed]), {
      ...startedAs('SCHEDULED'),
      options: { notFoundGrace: 5 * MINUTE },
    });
    expect(run.end?.do).toBe('done');
    const lost = simulate(timeline([Infinity, jobNotFound]), startedAs('SCHEDULED'));
    expect(failureOf(lost).type).toBe('UnstructuredNotFoundError');
  });
});
