// A run that ended before its job was known is taken up under its key: what was certainly not accepted is sent again, what may have been
// accepted is looked for, and nobody else's job is taken for ours.
import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { type KeyedRunInput, startRunJob } from '../../../src';
import { faults, type JobSpec } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { sample } from '../../support/breadth';
import { expectCancelled } from '../../support/failure-of';
import { sent, useRuns } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const BUSY: JobSpec = { timeline: [['IN_PROGRESS', '40m'], ['COMPLETED']] };

const begin = (client: Client, input: KeyedRunInput) => startRunJob(client, { taskQueue: QUEUE, ...input });

test.each(sample(['cancel', 'terminate'], 1))(
  '429 until the run is ended by %s: the same key sends again',
  async (end) => {
    await withRuns(async ({ api, document, env }) => {
      let isFull = true;
      api.addFaults([[{ operation: 'createJob', test: () => isFull }, faults.notAccepted(), faults.rateLimit()]]);
      const input = { key: `backlog-${end}`, start, documents: [await document('a.pdf')] };
      const first = await begin(env.client, input);
      await env.sleep('30 minutes');
      await atRest(env.client, first);
      await first[end]();
      await expect(first.result()).rejects.toThrow();
      expect(sent(api, 'createJob')).toBeGreaterThan(3);
      isFull = false;
      const result = await (await begin(env.client, input)).result();
      expect(result.start).toEqual({ how: 'answered', sends: 1 });
      expect(api.jobs.map(({ id }) => id)).toEqual([result.job.id]);
    });
  },
);

test.each(sample(['terminate', 'cancel'], 1))(
  'busy until the run is ended by %s: the same key leaves the other job alone',
  async (end) => {
    await withRuns(async ({ api, env }) => {
      const { id } = api.addWorkflow();
      const other = api.addJob({ workflowId: id, ...BUSY });
      const input = { key: `busy-${end}`, start: { workflowId: id } };
      const first = await begin(env.client, input);
      await env.sleep('20 minutes');
      await atRest(env.client, first);
      await first[end]();
      await expect(first.result()).rejects.toThrow();
      const { job, start: how } = await (await begin(env.client, input)).result();
      expect(how.how).toBe('answered');
      expect(job.id).not.toBe(other.id);
      expect(other.checks).toBe(0);
      expect(sent(api, 'cancelJob')).toBe(0);
    });
  },
);

test('cancelled while it looks for its job: it gives up after the confirm limit, and the same key finds the job', async () => {
  await withRuns(async ({ api, document, env }) => {
    let isDown = true;
    api.addFaults([
      [{ operation: 'createJob' }, faults.reset()],
      [{ operation: 'listJobs', test: () => isDown }, faults.status(503)],
    ]);
    // By checks: between the two runs, skipped time is anything.
    api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    const input = { key: 'looking', start, documents: [await document('a.pdf')] };
    const first = await begin(env.client, input);
    await env.sleep('30 minutes');
    await atRest(env.client, first);
    const cancelledAt = await env.currentTimeMs();
    await first.cancel();
    await expectCancelled(first.result());
    const last = api.requests.filter(({ operation }) => operation === 'listJobs').at(-1)!.at;
    expect(last).toBeGreaterThan(cancelledAt);
    expect(last - cancelledAt).toBeLessThan(5.5 * 60_000);
    isDown = false;
    const result = await (await begin(env.client, input)).result();
    expect(result.start).toEqual({ how: 'found', sends: 0 });
    expect(api.jobs.map(({ id }) => id)).toEqual([result.job.id]);
  });
});
