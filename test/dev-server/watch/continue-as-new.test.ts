// A wait that continues as new goes on watching: the new run makes no check of its own.
import { expect, test } from 'vitest';
import { type AwaitJobResult, checkNow, progress } from '../../../src';
import { GET_JOB, WATCH_JOB } from '../../../src/core/names';
import { historiesOf } from '../../support/histories';
import { useDevServer } from '../support/dev-server';
import { attributesOf } from '../support/events';
import { eventually } from '../support/eventually';
import { held, QUICK, scheduledOf, WATCH } from '../support/watching';

const { withWorker } = useDevServer({ watch: WATCH });

test.concurrent('counts of files that fill the history, also of a run that makes no check', async () => {
  await withWorker(async ({ api, client, start }) => {
    const job = api.addJob({ nodes: 100, timeline: ['IN_PROGRESS'], answers: { nodeTakes: '500 ms' } });
    const { workflowId } = await start(job, { ...QUICK, stallLimit: '2 seconds', continueAsNewAfterEvents: 50 });
    const wait = client.workflow.getHandle<() => Promise<AwaitJobResult>>(workflowId);
    const runs = new Set<string>();
    await eventually(async () => {
      runs.add((await wait.describe()).runId);
      expect(runs.size).toBe(3);
    });
    job.setStatus('COMPLETED');
    expect((await wait.result()).wait).toMatchObject({ checks: 2, failures: {} });
  });
});

test.concurrent('hints that fill the history', async () => {
  await withWorker(async ({ api, client, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, { ...QUICK, continueAsNewAfterEvents: 50 });
    const { workflowId } = handle;
    let hints = 0;
    for (; (await client.workflow.getHandle(workflowId).describe()).runId === handle.firstExecutionRunId; hints++) {
      await eventually(async () =>
        expect(await client.workflow.getHandle(workflowId).query(progress)).toMatchObject({
          activity: 'watching',
          checks: 1 + hints,
        }),
      );
      await client.workflow.getHandle(workflowId).signal(checkNow);
      await eventually(async () =>
        expect((await client.workflow.getHandle(workflowId).query(progress)).checks).toBe(2 + hints),
      );
    }
    expect(await held(client.workflow.getHandle(workflowId))).toMatchObject({ checks: 1 + hints, hints });
    job.setStatus('COMPLETED');
    const { wait } = await handle.result();

    expect(wait).toMatchObject({ checks: 2 + hints, hints, failures: {} });
    const [first, second, ...others] = await historiesOf(client, [{ workflowId, runId: handle.firstExecutionRunId }]);
    expect(others).toEqual([]);
    const [before, after] = [first!, second!].map(({ history }) => history.events ?? []) as [object[], object[]];
    expect(scheduledOf([...before, ...after], GET_JOB)).toHaveLength(1 + hints);
    expect(scheduledOf(after, WATCH_JOB).length).toBeGreaterThan(0);
    for (const events of [before, after]) expect(attributesOf(events, 'workflowTaskFailedEventAttributes')).toEqual([]);
  });
});
