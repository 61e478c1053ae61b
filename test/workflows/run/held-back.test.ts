// While as many on-demand jobs of the account run as may, a start with `whenFull: 'hold'` is held back, with nothing sent.
import { expect, test } from 'vitest';
import { runProgress } from '../../../src/common/messages';
import { faults, type JobSpec } from '../../../src/testing';
import { eventsOf } from '../../support/histories';
import { failureOf } from '../../support/failure-of';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const hold = { whenFull: 'hold', maxRunning: 2 } as const;
const HOUR: JobSpec = { timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']] };

test('until one of them ends; the query and the Web UI say so', async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    api.addJob(HOUR);
    api.addJob({ timeline: [['IN_PROGRESS', '20m'], ['COMPLETED']] });
    api.addJob({ ...HOUR, jobType: 'persistent' });
    const handle = await startRun({ start, documents: [await document('a.pdf')], ...hold });
    await env.sleep('10 minutes');
    expect(await handle.query(runProgress)).toMatchObject({
      phase: 'launching',
      jobId: null,
      start: { sends: 0, held: { running: 2 } },
    });
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain('| 2 on-demand jobs run, since ');
    const { job, start: how } = await handle.result();
    expect(how).toEqual({ how: 'answered', sends: 1 });
    const waited = Date.parse(job.createdAt!) - api.requests[0]!.at;
    expect(waited).toBeGreaterThanOrEqual(20 * 60_000);
    expect(waited).toBeLessThan(22 * 60_000);
    expect((await handle.query(runProgress)).start?.held).toBeNull();
  });
});

test('across continue-as-new, and for no longer than the launch budget', async () => {
  await withRuns(async ({ api, document, startRun }) => {
    for (const timeline of [['IN_PROGRESS'], ['IN_PROGRESS']] as const) api.addJob({ timeline: [...timeline] });
    const handle = await startRun({
      start,
      documents: [await document('a.pdf')],
      ...hold,
      launchBudget: '4 hours',
      continueAsNewAfterEvents: 100,
    });
    const { job } = await handle.result();
    const waited = Date.parse(job.createdAt!) - api.requests[0]!.at;
    expect(waited).toBeGreaterThanOrEqual(4 * 3_600_000);
    expect(waited).toBeLessThan(4 * 3_600_000 + 120_000);
    expect(sent(api, 'createJob')).toBe(1);
    const [begin] = await eventsOf(handle);
    expect(begin?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).toBeTruthy();
  });
});

test('cancelled meanwhile, it ends without another look, and nothing was sent', async () => {
  await withRuns(async ({ api, document, startRun, env }) => {
    for (const timeline of [['IN_PROGRESS'], ['IN_PROGRESS']] as const) api.addJob({ timeline: [...timeline] });
    const handle = await startRun({ start, documents: [await document('a.pdf')], ...hold });
    await env.sleep('10 minutes');
    const looks = sent(api, 'listJobs');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(sent(api, 'listJobs')).toBe(looks);
    expect(sent(api, 'createJob')).toBe(0);
  });
});

test('where the list can not be had, it is sent', async () => {
  await withRuns(async ({ api, document, run }) => {
    api.addFaults([[{ operation: 'listJobs' }, faults.status(503)]]);
    const { start: how } = await run({ start, documents: [await document('a.pdf')], ...hold });
    expect(how).toEqual({ how: 'answered', sends: 1 });
  });
});

test('a wrong value is refused by name, before anything is asked', async () => {
  await withRuns(async ({ api, document, run }) => {
    const input = { start, documents: [await document('a.pdf')], maxRunning: 0 };
    const { message } = await failureOf('UnstructuredValidationError', run(input));
    expect(message).toBe('Option maxRunning must be a whole number of at least 1; got 0.');
    expect(api.requests).toEqual([]);
  });
});
