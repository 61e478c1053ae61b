// What a server keeps of the runs of a key: however late somebody begins it again, a job that was started is taken up.
import { expect, test } from 'vitest';
import { startRunJob, type RunJobInput } from '../../src';
import { faults } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { sent } from '../support/runs';
import { eventsOf, payloadOf } from '../support/histories';
import { OFTEN, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withWorker } = useDevServer();

test.concurrent('what has come between is not started again', async () => {
  const key = 'invoices/2026-11: Größe 100%';
  await withWorker(async ({ api, client, queue }) => {
    api.addFaults([[{ operation: 'runWorkflow', first: 1 }, faults.notAccepted(), faults.status(422)]]);
    api.setStartedJobs({ timeline: ['FAILED'] });
    const input: RunJobInput = { start: { workflowId: api.addWorkflow().id } };
    const run = async () => (await startRunJob(client, { ...input, key, taskQueue: queue })).result();
    await failureOf('UnstructuredValidationError', run());
    await failureOf('UnstructuredJobFailedError', run());
    const query = `ExecutionStatus = 'Failed' AND WorkflowId = ${JSON.stringify(key)}`;
    await eventually(async () => expect((await client.workflow.count(query)).count).toBe(2));

    const unheard = await client.workflow.start<(input: RunJobInput) => Promise<unknown>>('runJob', {
      workflowId: key,
      taskQueue: queue,
      args: [{ ...input, activityTaskQueue: `${queue}-of-nobody`, keyUsedBefore: true }],
    });
    await unheard.terminate(); // it ends before it knows what came before
    const ended = `ExecutionStatus = 'Terminated' AND WorkflowId = ${JSON.stringify(key)}`;
    await eventually(async () => expect((await client.workflow.count(ended)).count).toBe(1));

    const late = client.workflow.execute<(input: RunJobInput) => Promise<unknown>>('runJob', {
      workflowId: key,
      taskQueue: queue,
      args: [{ ...input, keyUsedBefore: true }],
    });
    const { details } = await failureOf('UnstructuredJobFailedError', late);
    expect(details).toMatchObject({ jobId: api.jobs[0]!.id, run: { jobId: api.jobs[0]!.id } });
    expect(api.jobs).toHaveLength(1);
    expect(sent(api, 'runWorkflow')).toBe(2);
  });
});

test.concurrent.each<[string, RunJobInput['documents'], string | null]>([
  ['gives its result again', undefined, null],
  [
    'gives none to other documents',
    [{ ref: 'file:///other.pdf' }],
    'Option documents must be the list that the earlier',
  ],
])('a run that succeeded in between %s', async (key, documents, message) => {
  await withWorker(async ({ api, client, queue }) => {
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const input: RunJobInput = { start: { workflowId: api.addWorkflow().id } };
    const first = await (await startRunJob(client, { ...input, key, taskQueue: queue })).result();
    const query = `ExecutionStatus = 'Completed' AND WorkflowId = '${key}'`;
    await eventually(async () => expect((await client.workflow.count(query)).count).toBe(1));
    const late = client.workflow.execute<(input: RunJobInput) => Promise<unknown>>('runJob', {
      workflowId: key,
      taskQueue: queue,
      args: [{ ...input, documents, keyUsedBefore: true }],
    });
    if (message === null) expect(await late).toEqual(first);
    else expect((await failureOf('UnstructuredValidationError', late)).message).toContain(message);
    expect(sent(api, 'runWorkflow')).toBe(1);
  });
});

test.concurrent(
  'where the runs before can not be looked at, it ends within the budget of an outage, and sends nothing',
  async () => {
    await withWorker(async ({ api, client, queue }) => {
      const start = { workflowId: api.addWorkflow().id };
      const blind = client.workflow.execute<(input: RunJobInput) => Promise<unknown>>('runJob', {
        workflowId: 'blind',
        taskQueue: queue,
        args: [{ start, activityTaskQueue: `${queue}-of-nobody`, startOutageBudget: 0, keyUsedBefore: true }],
      });
      const { message, details } = await failureOf('UnstructuredConnectionError', blind);
      expect(message).toMatch(
        /^The earlier runs of the key blind could not be looked at, and nothing was sent: no answer/,
      );
      expect(details).toMatchObject({ kind: 'connection', notSent: true });
      expect(api.requests).toEqual([]);
    });
  },
);

test.concurrent('a run that continues as new takes its memo along', async () => {
  await withWorker(async ({ api, client, queue }) => {
    api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 8 }], ['COMPLETED']] });
    const input = { start: { workflowId: api.addWorkflow().id }, continueAsNewAfterEvents: 50, ...OFTEN };
    const workflow = { memo: { team: 'invoices' } };
    const handle = await startRunJob(client, { ...input, key: 'noted', taskQueue: queue, workflow });
    await handle.result();
    const [started] = await eventsOf(client.workflow.getHandle('noted'));
    const { fields } = started!.workflowExecutionStartedEventAttributes!.memo!;
    const noted = Object.entries(fields!).map(([name, payload]) => [name, payloadOf({ payloads: [payload] })]);
    expect(Object.fromEntries(noted)).toMatchObject({ team: 'invoices', unstructured: { jobId: api.jobs[0]!.id } });
    expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
    const other = startRunJob(client, { ...input, key: 'noted', taskQueue: queue, outputs: { to: 'file:///other' } });
    await expect(other).rejects.toThrow('Option outputs.to must match the run of this key, which has none; got');
  });
});
