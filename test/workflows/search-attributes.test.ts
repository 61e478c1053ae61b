// A server that does not tell its search attributes, as the time-skipping one, stops no wait and no run that has the option.
import { expect, test } from 'vitest';
import { progress, runProgress, startRunJob } from '../../src';
import { QUEUE, RARELY, useTimeSkipping } from '../support/time-skipping';

const withWorker = useTimeSkipping();
const error = 'Search attributes are not set: the server does not say which it has';

test('a wait goes on without search attributes, and says so', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']] });
    const handle = await start(job, { ...RARELY, searchAttributes: true });
    expect((await handle.result()).job.status).toBe('COMPLETED');
    expect(await handle.query(progress)).toMatchObject({ searchAttributesError: error });
  });
});

test('a run goes on without search attributes, and says so', async () => {
  await withWorker(async ({ api, env }) => {
    const { id: workflowId } = api.addWorkflow();
    const input = { key: 'run', start: { workflowId }, searchAttributes: { health: 'Condition' } };
    const handle = await startRunJob(env.client, { ...input, taskQueue: QUEUE });
    expect((await handle.result()).job.status).toBe('COMPLETED');
    expect((await handle.query(runProgress)).wait).toMatchObject({ searchAttributesError: error });
  });
});

test('a wait without the option has no error of search attributes', async () => {
  await withWorker(async ({ api, start }) => {
    const handle = await start(api.addJob({ timeline: ['COMPLETED'] }));
    await handle.result();
    expect(await handle.query(progress)).toMatchObject({ searchAttributesError: null });
  });
});
