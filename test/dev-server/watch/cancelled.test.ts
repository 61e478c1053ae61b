// A wait that is cancelled or ended while its job is watched: what becomes of the job is as without a watch, and the worker forgets it.
import { expect, test } from 'vitest';
import type { FakeJob, FakeUnstructured } from '../../../src/testing';
import { useDevServer } from '../support/dev-server';
import { eventually } from '../support/eventually';
import { held, QUICK, received, WATCH } from '../support/watching';

const { withWorker } = useDevServer({ watch: WATCH });

test.concurrent.each([
  ['leave', 0, 'IN_PROGRESS'],
  ['cancel', 1, 'STOPPED'],
] as const)('cancelled with onCancel: %s', async (onCancel, asks, status) => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, { ...QUICK, onCancel });
    await held(handle);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(received(api, 'cancelJob')).toBe(asks);
    expect(await job.status()).toBe(status);
  });
});

test.concurrent.each(['cancel', 'terminate'] as const)(
  'after a %s, the end of the job is told to nobody',
  async (act) => {
    await withWorker(async ({ api, start }) => {
      const [job, other] = [api.addJob({ timeline: ['IN_PROGRESS'] }), api.addJob({ timeline: ['IN_PROGRESS'] })];
      const [handle, going] = [await start(job, QUICK), await start(other, QUICK)];
      await Promise.all([held(handle), held(going)]);
      await handle[act]();
      await expect(handle.result()).rejects.toThrow();
      job.setStatus('COMPLETED');
      await forgets(api, job, other);
      other.setStatus('COMPLETED');
      expect((await going.result()).wait).toMatchObject({ checks: 2, failures: {} });
    });
  },
);

/** Resolves once rounds ask for another job alone. */
async function forgets({ requests }: FakeUnstructured, job: FakeJob, other: FakeJob): Promise<void> {
  await eventually(() => expect(requests.slice(-3).map(({ jobId }) => jobId)).toEqual([other.id, other.id, other.id]));
  expect(requests.some(({ jobId }) => jobId === job.id)).toBe(true);
}
