// Clients that wait for one job share one waiter, and a waiter that has ended is started anew.
import { Client, Connection, type WorkflowExecutionStatusName, WorkflowFailedError } from '@temporalio/client';
import { afterAll, expect, test, vi } from 'vitest';
import { type AwaitJobHandle, checkNow, progress, startAwaitJob } from '../../../src';
import { OFTEN, SELDOM, useDevServer } from '../../dev-server/support/dev-server';
import { eventually } from '../../dev-server/support/eventually';

const { withWorker } = useDevServer();
const connections: Connection[] = [];
afterAll(() => Promise.all(connections.map((connection) => connection.close())));

/** Closed when all tests are over: a call that the SDK tries again on a connection that was closed meanwhile ends the process. */
async function connectAgain({ address }: { address: string }): Promise<Connection> {
  const connection = await Connection.connect({ address });
  connections.push(connection);
  return connection;
}

test.concurrent('two clients join one run, under the limits and gaps of the first', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ files: ['a.pdf'], nodes: 3, timeline: ['IN_PROGRESS'] });
    const first = await start(job, { ...SELDOM, files: 'final' });
    const second = await start(job, { files: 'final', totalLimit: '1 second' });
    expect([first.joined, second.joined]).toEqual([false, true]);
    await eventually(async () => expect(await second.query(progress)).toMatchObject({ checks: 1, limitAt: null }));

    job.setStatus('COMPLETED');
    await second.signal(checkNow);
    const results = await Promise.all([first.result(), second.result()]);
    expect(results[1]).toEqual(results[0]);
    expect(results[0].outputNodeFiles).toHaveLength(1);
    expect(second.workflowId).toBe(first.workflowId);
    expect(job.checks).toBe(2);
  });
});

test.concurrent('a client that walks away cancels nothing', async () => {
  await withWorker(async ({ env, client, api, queue, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const connection = await connectAgain(env);
    const { namespace } = client.options;
    const passer = new Client({ connection, namespace });
    const passerBy = await startAwaitJob(passer, job.id, { taskQueue: queue, ...SELDOM });
    const { runId } = await passerBy.describe();
    const handle = await start(job);
    const walkAway = new AbortController();
    const waiting = connection.withAbortSignal(walkAway.signal, () => passerBy.result());
    await eventually(() => expect(job.checks).toBe(1));
    walkAway.abort();
    await expect(waiting).rejects.toThrow();

    job.setStatus('COMPLETED');
    await handle.signal(checkNow);
    expect((await handle.result()).wait).toMatchObject({ checks: 2, hints: 1 });
    expect(job.checks).toBe(2);
    expect((await handle.describe()).runId).toBe(runId);
  });
});

test.concurrent.each([
  ['cancel', 'CANCELLED'],
  ['terminate', 'TERMINATED'],
] as const)('a client that joins after a continue-as-new can %s the wait, also after the next', async (end, status) => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const first = await start(job, { ...OFTEN, continueAsNewAfterEvents: 50 });
    const runId = async (handle: AwaitJobHandle) => (await handle.describe()).runId;
    await eventually(async () => expect(await runId(first)).not.toBe(first.firstExecutionRunId));
    const joiner = await start(job);
    const joined = await runId(joiner);
    await eventually(async () => expect(await runId(joiner)).not.toBe(joined));

    await joiner[end]();
    await expect(joiner.result()).rejects.toThrow(WorkflowFailedError);
    expect((await joiner.describe()).status.name).toBe(status);
  });
});

test.concurrent(
  'a joiner can cancel it also when the run that it joined is not to be had any more, as after the retention',
  async () => {
    await withWorker(async ({ env, client, api, queue, start }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'] });
      const first = await start(job, { ...OFTEN, continueAsNewAfterEvents: 50 });
      const runId = async () => (await first.describe()).runId;
      await eventually(async () => expect(await runId()).not.toBe(first.firstExecutionRunId));
      const connection = await connectAgain(env);
      const { namespace } = client.options;
      const joiner = await startAwaitJob(new Client({ connection, namespace }), job.id, { taskQueue: queue });
      vi.spyOn(connection.workflowService, 'describeWorkflowExecution').mockRejectedValue(new Error('not found'));

      await joiner.cancel();
      await eventually(async () => expect((await first.describe()).status.name).toBe('CANCELLED'));
    });
  },
);

const ENDS: [
  WorkflowExecutionStatusName,
  (wait: AwaitJobHandle, setStatus: (s: string) => void) => Promise<unknown>,
][] = [
  ['CANCELLED', (wait) => wait.cancel()],
  ['TERMINATED', (wait) => wait.terminate()],
  ['FAILED', (wait, setStatus) => (setStatus('FAILED'), wait.signal(checkNow))],
  ['COMPLETED', (wait, setStatus) => (setStatus('COMPLETED'), wait.signal(checkNow))],
];

test.concurrent.each(ENDS)('a waiter that ended %s is started anew', async (status, end) => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const ended = await start(job, SELDOM);
    await eventually(() => expect(job.checks).toBe(1));
    await end(ended, (text) => job.setStatus(text));
    const { runId } = await eventually(async () => {
      const description = await ended.describe();
      expect(description.status.name).toBe(status);
      return description;
    });

    job.setStatus('COMPLETED');
    const anew = await start(job, SELDOM);
    expect(anew.workflowId).toBe(ended.workflowId);
    expect(await anew.result()).toMatchObject({ job: { status: 'COMPLETED' }, wait: { checks: 1 } });
    expect((await anew.describe()).runId).not.toBe(runId);
  });
});
