// Trouble that outlasts a check is counted by kind, and the wait goes on.
import { expect, test } from 'vitest';
import { type Fault, type FaultRule, faults } from '../../../src/testing';
import { eventsOf, timersOf } from '../../support/histories';
import { logMark, logsSince } from '../../support/logs';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

/** Long enough for every attempt of the first check. */
const during = (fault: Fault): FaultRule => [{ until: '5m' }, fault];

test('each kind of trouble is counted once a check, and the result comes all the same', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const troubles: [string, Fault][] = [
      ['UnstructuredServerError', faults.status(500)],
      ['UnstructuredServerError', faults.status(408)],
      ['UnstructuredConnectionError', faults.reset()],
      ['UnstructuredRateLimitError', faults.rateLimit()],
      ['UnstructuredResponseError', faults.html({ status: 200 })],
      ['UnstructuredResponseError', faults.garbage()],
    ];
    for (const [type, fault] of troubles) {
      const job = api.addJob({ timeline: ['COMPLETED'], faults: [during(fault)] });
      const { wait } = await waitFor(job, RARELY);
      expect(wait).toMatchObject({ checks: 2, failures: { [type]: 1 } });
      expect(job.checks).toBe(5);
    }
  });
});

test('different kinds in one wait are counted apart, and each change is logged once, with the job', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const mark = logMark();
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '45m'], ['COMPLETED']],
      faults: [
        [{ after: '9m', until: '15m' }, faults.status(503)],
        [{ after: '18m', until: '35m' }, faults.reset()],
      ],
    });
    const { wait } = await waitFor(job, RARELY);
    expect(wait.failures).toEqual({ UnstructuredServerError: 1, UnstructuredConnectionError: 2 });

    const logged = logsSince(mark).filter(({ message }) => message === 'A check of the job failed');
    expect(logged.map(({ meta }) => `${meta?.['jobId']} ${meta?.['type']}`)).toEqual([
      `${job.id} UnstructuredServerError`,
      `${job.id} UnstructuredConnectionError`,
    ]);
  });
});

test('a pause of more than a check that a 429 asks for stretches the gap', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['COMPLETED'], faults: [[1, faults.rateLimit({ retryAfter: 200 })]] });
    const handle = await start(job);
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 2, failures: { UnstructuredRateLimitError: 1 } });
    expect(timersOf(await eventsOf(handle))).toEqual([
      expect.toSatisfy((ms: number) => ms >= 200_000 && ms <= 220_000),
    ]);
  });
});
