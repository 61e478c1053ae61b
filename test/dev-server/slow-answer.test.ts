// An answer that takes longer than the heartbeat time-out of a check costs no attempt: the activity heartbeats while it waits.
import { expect, test } from 'vitest';
import { faults } from '../../src/testing';
import { eventsOf } from '../support/histories';
import { useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';

const { withWorker } = useDevServer();

test('a check whose answer takes 12 s ends in one attempt', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ faults: [[1, faults.delay('12s')]] });
    const handle = await start(job);
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: 1, failures: {} });
    const events = await eventsOf(handle);
    const [scheduled] = attributesOf(events, 'activityTaskScheduledEventAttributes');
    expect(Number(scheduled!.heartbeatTimeout!.seconds)).toBeLessThan(12);
    expect(attributesOf(events, 'activityTaskStartedEventAttributes')[0]).toMatchObject({ attempt: 1 });
    expect(job.checks).toBe(1);
  });
});
