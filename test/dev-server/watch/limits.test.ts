// A limit ends a watch, and a check comes before the failure.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { describe, expect, it, test } from 'vitest';
import { CANCEL_JOB, GET_JOB, GET_JOB_DETAILS, WATCH_JOB } from '../../../src/core/names';
import { failureOf } from '../../support/failure-of';
import { eventsOf } from '../../support/histories';
import { useDevServer } from '../support/dev-server';
import { attributesOf } from '../support/events';
import { eventually } from '../support/eventually';
import { held, QUICK, received, scheduledOf, WATCH } from '../support/watching';

const { withWorker } = useDevServer({ watch: WATCH });
/** Long enough for a busy machine to have the watch held before it. */
const LIMIT_MS = 15_000;

describe.concurrent('a limit passes while a job is watched', () => {
  it.for([
    ['the run limit', { runLimit: LIMIT_MS }, 'IN_PROGRESS', 'run'],
    ['the queue limit', { queueLimit: LIMIT_MS }, 'SCHEDULED', 'queue'],
    ['the total limit', { totalLimit: LIMIT_MS }, 'IN_PROGRESS', 'total'],
  ] as const)('%s', async ([, limits, status, limit], { expect }) => {
    await withWorker(async ({ api, start }) => {
      const job = api.addJob({ timeline: [status] });
      const handle = await start(job, { ...QUICK, ...limits });
      await held(handle);
      const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());

      expect(details).toMatchObject({
        jobId: job.id,
        limit,
        limitMs: LIMIT_MS,
        lastStatus: status,
        lastCheck: 'answer',
      });
      expect(details.wait).toMatchObject({ checks: 2, failures: {} });
      const events = await eventsOf(handle);
      expect(scheduledOf(events, GET_JOB)).toHaveLength(2);
      const [watch] = scheduledOf(events, WATCH_JOB);
      const [ended, ...others] = attributesOf(events, 'activityTaskTimedOutEventAttributes');
      expect([String(ended?.scheduledEventId), others]).toEqual([watch, []]);
      expect(received(api, 'cancelJob')).toBe(0);
    });
  });

  it('the stall limit: files are counted between watches, and shown as still from its half on', async ({ expect }) => {
    await withWorker(async ({ api, client, start }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const handle = await start(job, { ...QUICK, stallLimit: LIMIT_MS, searchAttributes: true });
      await held(handle);
      await eventually(async () =>
        expect(await held(handle)).toMatchObject({ stalled: { nodeStats: [{}, {}, {}, {}] } }),
      );
      const { typedSearchAttributes: told } = await client.workflow.getHandle(handle.workflowId).describe();
      const health = defineSearchAttributeKey('UnstructuredHealth', SearchAttributeType.KEYWORD);
      expect(told.get(health)).toBe('stalled');
      const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());

      expect(details).toMatchObject({ limit: 'stall', limitMs: LIMIT_MS, lastCheck: 'answer', wait: { checks: 2 } });
      const events = await eventsOf(handle);
      const scheduled = [GET_JOB, GET_JOB_DETAILS, WATCH_JOB].map((name) => scheduledOf(events, name).length);
      expect(scheduled).toEqual([2, 3, 2]);
      expect(attributesOf(events, 'activityTaskTimedOutEventAttributes')).toHaveLength(2);
    });
  });

  it('and the check at the limit sees the job done', async ({ expect }) => {
    await withWorker(async ({ api, start }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const handle = await start(job, { minimumGap: '5 minutes', totalLimit: LIMIT_MS }); // the watch asks no more often
      await held(handle);
      job.setStatus('COMPLETED');
      const { wait } = await handle.result();
      expect(wait).toMatchObject({ checks: 2, failures: {} });
      expect(job.checks).toBe(2);
    });
  });

  test("with onLimit: 'cancel' the job is stopped", async ({ expect }) => {
    await withWorker(async ({ api, start }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const handle = await start(job, { ...QUICK, totalLimit: LIMIT_MS, onLimit: 'cancel' });
      await held(handle);
      const { details } = await failureOf('UnstructuredJobTimeoutError', handle.result());
      expect(details).toMatchObject({ limit: 'total', lastStatus: 'STOPPED' });
      expect(received(api, 'cancelJob')).toBe(1);
      const events = await eventsOf(handle);
      expect([WATCH_JOB, CANCEL_JOB].map((name) => scheduledOf(events, name).length)).toEqual([1, 1]);
    });
  });
});

test('once the watch has seen another status, its limit counts no more', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['SCHEDULED'] });
    const handle = await start(job, { ...QUICK, queueLimit: '1 minute' });
    expect((await held(handle)).limitAt).not.toBeNull();
    job.setStatus('IN_PROGRESS');
    await eventually(async () =>
      expect(await held(handle)).toMatchObject({ status: 'IN_PROGRESS', limitAt: null, checks: 2 }),
    );
  });
});
