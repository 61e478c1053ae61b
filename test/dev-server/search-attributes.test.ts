// With `searchAttributes` lists find waits by what they tell; where the namespace lacks the attributes, waits go on without.
import { expect, test } from 'vitest';
import { progress } from '../../src';
import { faults } from '../../src/testing';
import { logMark, warningsSince } from '../support/logs';
import { OFTEN, SELDOM, useDevServer, type Setup } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';

const { withWorker } = useDevServer();
const RUNNING = "ExecutionStatus = 'Running'";

async function list({ client, queue }: Setup, query: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `TaskQueue = '${queue}' AND ${query}` }))
    found.push(workflowId);
  return found;
}

test('waits are found by health, account, job, status and begin, in each of their runs, and tell only what changed', async () => {
  await withWorker(async (setup) => {
    const { api, start } = setup;
    const good = api.addJob({ timeline: ['IN_PROGRESS'] });
    const bad = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[{ from: 3 }, faults.status(400)]] });
    const options = { ...OFTEN, searchAttributes: true, account: 'default', continueAsNewAfterEvents: 100 };
    const handles = [await start(good, options), await start(bad, options)];
    const [goodId, badId] = handles.map(({ workflowId }) => workflowId) as [string, string];
    const expectFound = (query: string, ...ids: string[]) =>
      eventually(async () => expect((await list(setup, query)).sort()).toEqual(ids.sort()));
    await expectFound(`${RUNNING} AND UnstructuredHealth IN ('failing', 'refused key', 'no worker')`, badId);
    await expectFound(`${RUNNING} AND UnstructuredAccount = 'default'`, goodId, badId);
    await expectFound(
      `${RUNNING} AND UnstructuredJobId = '${good.id}' AND UnstructuredJobStatus = 'IN_PROGRESS'`,
      goodId,
    );
    const later = new Date(Date.now() + 1_000).toISOString();
    await eventually(async () =>
      expect((await handles[0]!.describe()).runId).not.toBe(handles[0]!.firstExecutionRunId),
    );
    await expectFound(
      `${RUNNING} AND StartTime > '${later}' AND UnstructuredStartedAt < '${later}' AND UnstructuredHealth = 'ok'`,
      goodId,
    );
    const { events } = await setup.client.workflow.getHandle(goodId, handles[0]!.firstExecutionRunId).fetchHistory();
    expect(attributesOf(events ?? [], 'upsertWorkflowSearchAttributesEventAttributes')).toHaveLength(1);
    good.setStatus('COMPLETED');
    await handles[0]!.result();
    await expectFound(`UnstructuredJobId = '${good.id}' AND UnstructuredJobStatus = 'COMPLETED'`, goodId);
    await handles[1]!.terminate();
  });
});

test('a wait whose attributes the namespace lacks says so once, and goes on', async () => {
  await withWorker(async ({ api, client, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const mark = logMark();
    const handle = await start(job, { ...OFTEN, searchAttributes: { health: 'Condition' } });
    await eventually(async () => expect((await handle.query(progress)).checks).toBeGreaterThan(2));
    const problem = 'The namespace lacks search attributes: Condition (Keyword)';
    expect(await handle.query(progress)).toMatchObject({ searchAttributesError: problem, failures: {} });
    expect(warningsSince(mark)).toEqual(['The wait is not told by its search attributes']);
    job.setStatus('COMPLETED');
    await handle.result();
    const { events } = await client.workflow.getHandle(handle.workflowId).fetchHistory();
    expect(attributesOf(events ?? [], 'workflowTaskFailedEventAttributes')).toEqual([]);
    expect(attributesOf(events ?? [], 'upsertWorkflowSearchAttributesEventAttributes')).toEqual([]);
  });
});

test('one that does not ask for it tells nothing', async () => {
  await withWorker(async ({ api, client, start }) => {
    const job = api.addJob({ timeline: ['COMPLETED'] });
    const handle = await start(job, SELDOM);
    await handle.result();
    const { events } = await client.workflow.getHandle(handle.workflowId).fetchHistory();
    expect(attributesOf(events ?? [], 'upsertWorkflowSearchAttributesEventAttributes')).toEqual([]);
  });
});
