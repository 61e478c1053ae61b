// A worker that is shut down in mid-check, as by a deployment, cancels nothing: the next one makes the check.
import { expect, test } from 'vitest';
import { faults } from '../../src/testing';
import { Gate } from '../support/gate';
import { eventsOf } from '../support/histories';
import { OFTEN, useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();

test.each([
  ['at once', '0 seconds', 2],
  ['with a grace in which the answer comes', '20 seconds', 1],
] as const)('a worker that stops %s', async (_, shutdownGraceTime, requests) => {
  await withApi(async ({ api, startWorker, start }) => {
    const answer = new Gate();
    const job = api.addJob({ timeline: ['COMPLETED'], faults: [[1, faults.until(answer.opened)]] });
    const handle = await start(job, { ...OFTEN, onCancel: 'cancel', onLimit: 'cancel' });
    const first = await startWorker({ shutdownGraceTime });
    await eventually(() => expect(job.checks).toBe(1));
    const stopped = first.stop();
    if (requests === 1) answer.open();
    await stopped;
    await startWorker();
    const { wait } = await handle.result();

    expect(wait).toMatchObject({ checks: 1, failures: {} });
    const sent = (name: string) => api.requests.filter(({ operation }) => operation === name).length;
    expect([sent('getJob'), sent('cancelJob')]).toEqual([requests, 0]);
    const events = await eventsOf(handle);
    expect(attributesOf(events, 'activityTaskCancelRequestedEventAttributes')).toEqual([]);
    expect(attributesOf(events, 'workflowExecutionCancelRequestedEventAttributes')).toEqual([]);
    expect(attributesOf(events, 'activityTaskStartedEventAttributes')).toMatchObject([
      { attempt: requests },
      { attempt: 1 },
    ]);
  });
});
