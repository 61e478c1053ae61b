// A failed attempt is retried no sooner than the service asks, never at once, and no hint ends the retries.
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { faults, type Fault, type FakeJob } from '../../src/testing';
import { OFTEN, useDevServer } from './support/dev-server';
import { naive } from './support/workflows';

const { withWorker, withApi } = useDevServer();

function pauses({ requests }: FakeJob): number[] {
  const checks = requests.filter(({ operation }) => operation === 'getJob');
  return checks.slice(1).map(({ at }, index) => at - checks[index]!.at);
}

test.concurrent('hints are kept, and the first pause is a second where there is none worth keeping', async () => {
  await withWorker(async ({ api, start }) => {
    const cases: [fault: Fault, leastPause: number][] = [
      [faults.rateLimit({ retryAfter: 4 }), 4_000],
      [faults.rateLimit({ retryAfter: 12 }), 12_000],
      [faults.rateLimit({ retryAfter: 3, as: 'body' }), 3_000],
      [faults.rateLimit({ retryAfter: 0 }), 1_000],
      [faults.rateLimit({ retryAfter: '-5' }), 1_000],
      [faults.rateLimit({ retryAfter: -5, as: 'date' }), 1_000],
      [faults.rateLimit(), 1_000],
      [faults.status(503), 1_000],
    ];
    await Promise.all(
      cases.map(async ([fault, leastPause]) => {
        const job = api.addJob({ timeline: ['COMPLETED'], faults: [[1, fault]] });
        const { wait } = await (await start(job, OFTEN)).result();
        expect(wait, JSON.stringify(fault)).toMatchObject({ checks: 1, failures: {} });
        expect(pauses(job)[0], JSON.stringify(fault)).toBeGreaterThanOrEqual(leastPause);
      }),
    );
  });
});

test.concurrent('each attempt of a check comes at least a second after the one before', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['COMPLETED'], faults: [[{ to: 3 }, faults.rateLimit({ retryAfter: 0 })]] });
    const { wait } = await (await start(job, OFTEN)).result();
    expect(wait).toMatchObject({ checks: 1, failures: {} });
    expect(pauses(job)).toHaveLength(3);
    expect(Math.min(...pauses(job))).toBeGreaterThanOrEqual(1_000);
  });
});

test.concurrent('an activity that passes a hint of 0 on to this server is not retried at all', async () => {
  await withApi(async ({ client, queue, startWorker }) => {
    let attempts = 0;
    const hasty = (): Promise<never> => {
      attempts++;
      return Promise.reject(ApplicationFailure.create({ message: 'again, please', nextRetryDelay: 0 }));
    };
    await startWorker({ activities: { hasty } });
    const run = client.workflow.execute(naive, { workflowId: 'hasty', taskQueue: queue, args: ['hasty', ''] });
    await expect(run).rejects.toMatchObject({ cause: { retryState: 'TIMEOUT' } });
    expect(attempts).toBe(1);
  });
});
