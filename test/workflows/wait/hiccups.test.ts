// Trouble that is over within about a minute is Temporal's to retry: the wait does not even count it.
import { expect, test } from 'vitest';
import { faults, type Fault } from '../../../src/testing';
import { logMark, warningsSince } from '../../support/logs';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

const HICCUPS: [name: string, ...Fault[]][] = [
  ['503', faults.status(503)],
  ['a reset connection', faults.reset()],
  ['a reset in mid-answer', faults.reset({ after: 'half' })],
  ['429 with Retry-After', faults.rateLimit({ retryAfter: 20 })],
  ['429 with no hint', faults.rateLimit()],
  ['the HTML page of a proxy', faults.html()],
  ['a truncated answer', faults.truncate()],
  ['garbage', faults.garbage()],
  ['the answer of another job', faults.wrongJob()],
];

test('each kind of hiccup is retried within the check and leaves no trace in the report', async () => {
  await withWorker(async ({ api, waitFor }) => {
    for (const [name, ...hiccup] of HICCUPS) {
      const job = api.addJob({ timeline: ['COMPLETED'], faults: [[1, ...hiccup]] });
      const { wait } = await waitFor(job, RARELY);
      expect(wait, name).toMatchObject({ checks: 1, failures: {} });
      expect(job.checks, name).toBe(2);
    }
  });
});

test('three hiccups in one check are survived', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const mark = logMark();
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']],
      faults: [
        [2, faults.status(503)],
        [3, faults.reset()],
        [4, faults.rateLimit({ retryAfter: 5 })],
      ],
    });
    const { wait } = await waitFor(job, RARELY);
    expect(wait.failures).toEqual({});
    expect(job.checks).toBe(wait.checks + 3);
    expect(warningsSince(mark)).not.toContain('A check of the job failed');
  });
});

test('the pause that a 429 asks for is kept', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['COMPLETED'], faults: [[1, faults.rateLimit({ retryAfter: 20 })]] });
    await waitFor(job);
    const [first, second] = job.requests.map(({ at }) => at);
    expect(second! - first!).toBeGreaterThanOrEqual(20_000);
  });
});
