// A refused key is final before the first success; afterwards a rotation or a bad roll-out is tolerated for a budget.
import { expect, test } from 'vitest';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const REFUSALS = [
  [401, 'UnstructuredAuthenticationError'],
  [402, 'UnstructuredPaymentRequiredError'],
  [403, 'UnstructuredPermissionError'],
] as const;

test('401, 402 and 403 end the wait at the first check', async () => {
  await withWorker(async ({ api, waitFor }) => {
    for (const [status, type] of REFUSALS) {
      const job = api.addJob({ faults: [['always', faults.status(status)]] });
      const { details } = await failureOf(type, waitFor(job, RARELY));
      expect(details).toMatchObject({ status, jobId: job.id });
      expect(job.checks).toBe(1);
    }
  });
});

test('a wrong key fails at once', async () => {
  await withWorker(
    async ({ api, waitFor }) => {
      const { message, details } = await failureOf('UnstructuredAuthenticationError', waitFor(api.addJob()));
      expect(JSON.stringify({ message, details })).not.toContain('wrong-key');
      expect(api.requests).toHaveLength(1);
    },
    { plugin: { apiKey: 'wrong-key' } },
  );
});

test('once the job was seen, they are tolerated, and the wait goes on', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const rules = REFUSALS.map(([status], index) => [index + 2, faults.status(status)] as [number, never]);
    const job = api.addJob({ timeline: [['IN_PROGRESS', '35m'], ['COMPLETED']], faults: rules });
    const { wait } = await waitFor(job, RARELY);
    expect(wait.failures).toEqual(Object.fromEntries(REFUSALS.map(([, type]) => [type, 1])));
  });
});

test('beyond the budget the wait fails as what it is', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'], answers: { keyRefused: { from: 2 } } });
    const wait = waitFor(job, { ...RARELY, credentialBudget: '35 minutes' });
    const { details } = await failureOf('UnstructuredAuthenticationError', wait);
    expect(details).toMatchObject({ status: 401, jobId: job.id });
    expect(job.checks).toBe(6);
  });
});

test('a key that is rotated during a wait is picked up', async () => {
  const keys = ['first-key', 'first-key', 'first-key', 'second-key'];
  const asked: string[] = [];
  const apiKey = (): string => {
    const key = keys[asked.length] ?? 'second-key';
    asked.push(key);
    return key;
  };
  await withWorker(
    async ({ env, api, start }) => {
      const job = api.addJob({ timeline: [['IN_PROGRESS', '35m'], ['COMPLETED']] });
      const handle = await start(job, RARELY);
      await env.sleep('5 minutes');
      api.rotateKey('second-key');
      const { wait } = await handle.result();
      expect(wait.failures).toEqual({ UnstructuredAuthenticationError: 2 });
      const checks = job.requests.filter(({ operation }) => operation === 'getJob');
      expect(checks.map(({ status }) => status)).toEqual([200, 401, 401, 200, 200]);
      expect(asked).toHaveLength(job.requests.length);
    },
    { fake: { apiKey: 'first-key' }, plugin: { apiKey } },
  );
});
