import { describe, expect, it } from 'vitest';
import { answer, error, gateway404, HOUR, jobNotFound, MINUTE, noAnswer, nodeFile, SECOND } from '../fixtures';
import { checkTimes, failureOf, replies, type Service, simulate, timeline } from '../simulate';

const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');

describe('a 404 before the job was seen', () => {
  it.each([
    ["the API's own", jobNotFound],
    ["a gateway's", gateway404],
  ])('is tolerated for 60 seconds (%s)', (_, notFound) => {
    const run = simulate(timeline([59 * SECOND, notFound], [Infinity, completed]));
    expect(run.end?.do).toBe('done');
  });

  it.each([
    ["the API's own", jobNotFound],
    ["a gateway's", gateway404],
  ])('is final when the grace is over (%s)', (_, notFound) => {
    const run = simulate(timeline([Infinity, notFound]));
    expect(run.endedAt).toBe(60 * SECOND);
    expect(failureOf(run)).toMatchObject({
      type: 'UnstructuredNotFoundError',
      message: 'notFound failed',
      details: notFound.error.api,
    });
  });

  it('gets a check at the very end of the grace', () => {
    const run = simulate(timeline([Infinity, jobNotFound]), { options: { minimumGap: 45 * SECOND } });
    expect(checkTimes(run)).toEqual([0, 45 * SECOND, 60 * SECOND]);
  });

  it('is not judged by a check that began within the grace', () => {
    const run = simulate((at) => ({ observation: at < 59 * SECOND ? jobNotFound : completed, takesMs: 59 * SECOND }));
    expect(checkTimes(run)).toEqual([0, 60 * SECOND]);
    expect(run.end?.do).toBe('done');
  });

  it('waits the normal gap after a check that ended with the grace', () => {
    const run = simulate((_, check) => ({ observation: check ? completed : jobNotFound, takesMs: 60 * SECOND }));
    expect(checkTimes(run)).toEqual([0, 70 * SECOND]);
  });

  it('is final at once without a grace', () => {
    const run = simulate(replies(jobNotFound), { options: { notFoundGrace: 0 } });
    expect(run.checks).toHaveLength(1);
    expect(failureOf(run).type).toBe('UnstructuredNotFoundError');
  });

  it('is judged anew after another failure', () => {
    const run = simulate(timeline([MINUTE, jobNotFound], [2 * MINUTE, error('server')], [Infinity, jobNotFound]));
    expect(run.endedAt).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(failureOf(run).type).toBe('UnstructuredNotFoundError');
  });

  it('does not bring forward the check after another failure', () => {
    const run = simulate(replies(error('server'), completed), {
      options: { minimumGap: 70 * SECOND, maximumGap: 70 * SECOND },
    });
    expect(checkTimes(run)).toEqual([0, 71 * SECOND]);
  });

  it('counts as not seen where the caller knew files known at the start', () => {
    const run = simulate(replies(jobNotFound), { knownFiles: [nodeFile('a.pdf')] });
    expect(run.endedAt).toBeLessThanOrEqual(61 * SECOND);
    expect(failureOf(run).type).toBe('UnstructuredNotFoundError');
  });
});

describe('a 404 after the job was seen', () => {
  const then = (...stretches: Parameters<typeof timeline>): Service => timeline([HOUR, running], ...stretches);

  it('is final where the API says "Job not found" twice, at least a minute apart', () => {
    const run = simulate(then([Infinity, jobNotFound]));
    const lost = run.checks.filter(({ begunAt }) => begunAt >= HOUR);
    expect(lost).toHaveLength(2);
    expect(failureOf(run)).toMatchObject({ type: 'UnstructuredNotFoundError', details: { detail: 'Job not found' } });
  });

  it('is not final within that minute, however often', () => {
    const options = { minimumGap: SECOND, maximumGap: SECOND };
    const run = simulate(then([HOUR + 59 * SECOND, jobNotFound], [Infinity, completed]), { options });
    expect(run.checks.filter(({ outcome }) => outcome === 'error').length).toBeGreaterThan(50);
    expect(run.end?.do).toBe('done');
  });

  it('is final a minute after the first', () => {
    const options = { minimumGap: SECOND, maximumGap: SECOND };
    const run = simulate(then([Infinity, jobNotFound]), { options });
    expect(run.endedAt - run.checks.find(({ outcome }) => outcome === 'error')!.begunAt).toBe(MINUTE);
  });

  it('starts anew after an answer', () => {
    const run = simulate(
      replies(running, jobNotFound, ...Array.from({ length: 9 }, () => running), jobNotFound, completed),
    );
    expect(run.end?.do).toBe('done');
  });

  it('stands through other failures', () => {
    const run = simulate(
      replies(running, jobNotFound, ...Array.from({ length: 9 }, () => gateway404), noAnswer, jobNotFound),
    );
    expect(run.checks).toHaveLength(13);
    expect(failureOf(run).type).toBe('UnstructuredNotFoundError');
  });

  it("is transient where it is a gateway's, for as long as an outage may last", () => {
    expect(simulate(then([5 * HOUR, gateway404], [Infinity, completed])).end?.do).toBe('done');
    expect(failureOf(simulate(then([Infinity, gateway404]))).type).toBe('UnstructuredUnreachableError');
  });

  it('is transient where a gateway says it after the API did', () => {
    const run = simulate(then([HOUR + MINUTE, jobNotFound], [3 * HOUR, gateway404], [Infinity, completed]));
    expect(run.end?.do).toBe('done');
  });
});
