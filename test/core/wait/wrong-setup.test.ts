// What keeps the worker from the API by its set-up ends a wait that the API has not answered yet. Later it may pass, as an outage does.
import { describe, expect, it } from 'vitest';
import { answer, error, HOUR, MINUTE } from '../fixtures';
import { failureOf, replies, simulate, timeline } from '../simulate';
import type { Observation } from '../../../src/core/wait/job-check';

const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');

describe.each([
  ['a certificate', 'UnstructuredConnectionError', error('connection', { notSent: true, wrongSetup: true })],
  ['a redirect', 'UnstructuredResponseError', error('response', { status: 307, wrongSetup: true })],
] as const)('%s', (_, type, wrong) => {
  it('is final at the first check', () => {
    const run = simulate(replies(wrong, completed));
    expect(run.checks).toHaveLength(1);
    expect(failureOf(run)).toMatchObject({ type, details: { wrongSetup: true, job: null } });
  });

  it('is final after an outage that the wait began with', () => {
    const run = simulate(replies(error('server'), wrong, completed));
    expect(run.checks).toHaveLength(2);
    expect(failureOf(run).type).toBe(type);
  });

  it('ends nothing once the job was seen, but by the budget of an outage', () => {
    const wait = (until: number) => simulate(timeline([MINUTE, running], [until, wrong], [Infinity, completed]));
    expect(wait(11 * HOUR).end?.do).toBe('done');
    expect(failureOf(wait(Infinity))).toMatchObject({
      type: 'UnstructuredUnreachableError',
      details: { lastError: { type } },
    });
  });

  it('ends nothing where the job was seen as it was started', () => {
    const job = (running as Extract<Observation, { type: 'answer' }>).check.job;
    const run = simulate(replies(wrong, completed), { started: { job, sentMs: 1_000 } });
    expect(run.end?.do).toBe('done');
  });
});
