import { describe, expect, it } from 'vitest';
import { answer, DAY, error, HOUR, MINUTE, noAnswer, SECOND } from '../fixtures';
import { failureOf, replies, simulate, timeline } from '../simulate';

const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');
const refusal = (status: number) => error(status === 422 ? 'validation' : 'request', { status });
/** Nothing about the request will make them pass; and whoever answers may not be the API. */
const LASTING = [400, 405, 406, 410, 411, 415, 418, 421, 422, 423, 431, 451, 499];
const PASSING = [409, 425];

describe.each(LASTING)('%i', (status) => {
  it('is final at once before the job was seen', () => {
    const run = simulate(replies(refusal(status), completed));
    expect(run.checks).toHaveLength(1);
    expect(failureOf(run).details).toMatchObject({ status });
  });

  it('ends nothing once the job was seen', () => {
    const run = simulate(replies(running, refusal(status), refusal(status), completed));
    expect(run.end?.do).toBe('done');
    expect(run.state.failures).toEqual({ [refusal(status).error.type]: 2 });
  });

  it('is tolerated for an hour, and then final as what it is', () => {
    const wait = (until: number) => simulate(timeline([MINUTE, running], [until, refusal(status)], [9e9, completed]));
    expect(wait(HOUR).end?.do).toBe('done');
    const over = wait(3 * HOUR);
    expect(failureOf(over)).toMatchObject({ type: refusal(status).error.type, details: { status } });
    expect(over.endedAt).toBeGreaterThanOrEqual(HOUR + MINUTE);
    expect(over.endedAt).toBeLessThanOrEqual(HOUR + 2 * MINUTE);
  });
});

describe.each(PASSING)('%i', (status) => {
  it('is checked again like an outage, before and after the job was seen', () => {
    expect(simulate(replies(refusal(status), running, refusal(status), completed)).end?.do).toBe('done');
    const longer = timeline([MINUTE, running], [11 * HOUR, refusal(status)], [9e9, completed]);
    expect(simulate(longer).end?.do).toBe('done');
  });

  it('that does not pass ends as an outage', () => {
    for (const first of [running, refusal(status)])
      expect(failureOf(simulate(timeline([MINUTE, first], [9e9, refusal(status)])))).toMatchObject({
        type: 'UnstructuredUnreachableError',
        details: { lastError: { type: 'UnstructuredRequestError', api: { status } } },
      });
  });
});

describe('the budget', () => {
  it('comes from the options; without one, a refusal is final at once', () => {
    const service = timeline([MINUTE, running], [5 * HOUR, refusal(410)], [9e9, completed]);
    expect(simulate(service, { options: { requestErrorBudget: 10 * HOUR } }).end?.do).toBe('done');
    expect(simulate(service, { options: { requestErrorBudget: 20 * MINUTE } }).endedAt).toBeLessThan(30 * MINUTE);
    expect(simulate(replies(running, refusal(410)), { options: { requestErrorBudget: 0 } }).checks).toHaveLength(2);
  });

  it.each([
    ['a success', running],
    ['a failure of another kind', error('server')],
    ['a refused key', error('authentication', { status: 401 })],
  ])('starts anew after %s', (_, between) => {
    const run = simulate(
      timeline(
        [MINUTE, running],
        [HOUR, refusal(400)],
        [HOUR + 2 * MINUTE, between],
        [2 * HOUR, refusal(400)],
        [9e9, completed],
      ),
    );
    expect(run.end?.do).toBe('done');
  });

  it('does not count our own downtime: at least three refusals in a row end the wait', () => {
    const run = simulate((at, check) => {
      if (at < MINUTE) return { observation: check ? refusal(400) : running, takesMs: 40 * SECOND };
      if (at < 3 * HOUR) return { observation: noAnswer, takesMs: MINUTE };
      return { observation: refusal(400), takesMs: 0 };
    });
    expect(run.checks.filter(({ outcome }) => outcome === 'error')).toHaveLength(3);
  });

  it('may be longer than an outage', () => {
    const options = { requestErrorBudget: 2 * DAY, outageBudget: DAY };
    const run = simulate(timeline([MINUTE, running], [40 * HOUR, refusal(400)], [9e9, completed]), { options });
    expect(run.end?.do).toBe('done');
  });
});
