// "A run is in progress, no new job": wait for its end, take it over, or fail, as the caller decides.
import { expect, test } from 'vitest';
import type { JobSpec } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { eventsOf } from '../../support/histories';
import { failureOf } from '../../support/failure-of';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();
const BUSY: JobSpec = { timeline: [['IN_PROGRESS', '40m'], ['COMPLETED']] };

test('by default it waits for that run to end, with one sleep between two looks, then runs', async () => {
  await withRuns(async ({ api, startRun, document }) => {
    const { id } = api.addWorkflow();
    const other = api.addJob({ workflowId: id, ...BUSY });
    const handle = await startRun({ start: { workflowId: id }, documents: [await document('a.pdf')] });
    const { job, start, documents } = await handle.result();
    expect(job.id).not.toBe(other.id);
    expect(start).toEqual({ how: 'answered', sends: 2 });
    expect(documents).toMatchObject([{ status: 'ok' }]);
    expect(Date.parse(job.createdAt!) - api.requests[0]!.at).toBeGreaterThanOrEqual(40 * 60_000);

    const events = await eventsOf(handle);
    const looks = sent(api, 'listJobs');
    const checks = sent(api, 'getJob');
    expect(looks).toBeGreaterThan(20);
    expect(events.filter((event) => event.timerStartedEventAttributes).length).toBeLessThanOrEqual(looks + checks);
  });
});

test('or takes it over as somebody else’s job: it is not cancelled with the run', async () => {
  await withRuns(async ({ api, startRun, env }) => {
    const { id } = api.addWorkflow();
    const other = api.addJob({ workflowId: id, timeline: ['IN_PROGRESS'] });
    const handle = await startRun({ start: { workflowId: id }, whenBusy: 'adopt' });
    await env.sleep('30 minutes');
    await atRest(env.client, handle);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect(other.checks).toBeGreaterThan(1);
    expect(sent(api, 'cancelJob')).toBe(0);
  });
});

test('or fails, with the runs that were seen', async () => {
  await withRuns(async ({ api, run }) => {
    const { id } = api.addWorkflow();
    const other = api.addJob({ workflowId: id, ...BUSY });
    const wait = run({ start: { workflowId: id }, whenBusy: 'fail' });
    const { details, message } = await failureOf('UnstructuredWorkflowBusyError', wait);
    expect(details).toMatchObject({ workflowId: id, detail: expect.stringContaining('in progress') as unknown });
    expect(details.running.map((job) => job.id)).toEqual([other.id]);
    expect(details.run).toBeUndefined();
    expect(message).toContain(id);
  });
});
