// Whoever begins a key again because nothing was sent may come late: a job that another run has started since is taken up.
import { expect, test } from 'vitest';
import { startRunJob, type RunJobInput } from '../../src';
import { faults } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { sent } from '../support/runs';
import { useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withWorker } = useDevServer();

test('what has come between is not started again', async () => {
  const key = 'invoices/2026-11: Größe 100%';
  await withWorker(async ({ api, client, queue }) => {
    api.addFaults([[{ operation: 'runWorkflow', first: 1 }, faults.notAccepted(), faults.status(422)]]);
    api.setLaunched({ timeline: ['FAILED'] });
    const input: RunJobInput = { start: { workflowId: api.addWorkflow().id } };
    const run = async () => (await startRunJob(client, { ...input, key, taskQueue: queue })).result();
    await failureOf('UnstructuredValidationError', run());
    await failureOf('UnstructuredJobFailedError', run());
    const query = `ExecutionStatus = 'Failed' AND WorkflowId = ${JSON.stringify(key)}`;
    await eventually(async () => expect((await client.workflow.count(query)).count).toBe(2));

    const late = client.workflow.execute<(input: RunJobInput) => Promise<unknown>>('runJob', {
      workflowId: key,
      taskQueue: queue,
      args: [{ ...input, again: true }],
    });
    const { details } = await failureOf('UnstructuredJobFailedError', late);
    expect(details).toMatchObject({ jobId: api.jobs[0]!.id, run: { jobId: api.jobs[0]!.id } });
    expect(api.jobs).toHaveLength(1);
    expect(sent(api, 'runWorkflow')).toBe(2);
  });
});
