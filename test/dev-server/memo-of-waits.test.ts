// A list of workflows tells the job and the account of each wait and run by its memo, however it was started, in each that it continues as.
import { expect, test } from 'vitest';
import { startRunJob } from '../../src';
import { AWAIT_JOB_COMPLETION, RUN_JOB } from '../../src/core/names';
import { parentOfChild } from '../support/parents';
import { OFTEN, SELDOM, useDevServer, type Setup } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';

const { withWorker } = useDevServer();
const ACCOUNT = 'default';
const workflowId = '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11';

/** The memos of all runs of a workflow, the newest first. */
async function listMemos({ client }: Setup, id: string): Promise<unknown[]> {
  const memos: unknown[] = [];
  for await (const { memo } of client.workflow.list({ query: `WorkflowId = '${id}'` })) memos.push(memo);
  return memos;
}

test.concurrent('a wait that a client, a parent or a name started', async () => {
  await withWorker(async (setup) => {
    const { api, client, queue, start } = setup;
    const jobs = [1, 2, 3].map(() => api.addJob({ timeline: ['IN_PROGRESS'] }));
    const [first, second, third] = jobs.map(({ id }) => id) as [string, string, string];
    const options = {
      taskQueue: queue,
      workflowId: `parent-${queue}`,
      args: [second, { ...SELDOM, account: ACCOUNT }],
    };
    await start({ id: first }, { ...SELDOM, account: ACCOUNT, workflow: { memo: { team: 'search' } } });
    await client.workflow.start(parentOfChild, options as { args: Parameters<typeof parentOfChild> } & typeof options);
    const byName = { taskQueue: queue, workflowId: `unstructured-job-${third}`, memo: { team: 'search' } };
    const args = [{ jobId: third.toUpperCase(), account: ACCOUNT, minimumGap: '6 hours' }];
    await client.workflow.start(AWAIT_JOB_COMPLETION, { ...byName, args });
    for (const id of [first, second, third])
      await eventually(async () => {
        const [memo] = await listMemos(setup, `unstructured-job-${id}`);
        expect(memo).toMatchObject({ 'unstructured.jobId': id, 'unstructured.account': ACCOUNT });
        if (id !== second) expect(memo).toHaveProperty('team', 'search');
      });
    for (const id of [`unstructured-job-${first}`, options.workflowId, byName.workflowId])
      await client.workflow.getHandle(id).terminate();
  });
});

test.concurrent('a run that starts a job, that takes one up, or that was started by name', async () => {
  await withWorker(async (setup) => {
    const { api, client, queue } = setup;
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const [one, other] = [api.addWorkflow().id, api.addWorkflow().id];
    const { id } = api.addJob({ timeline: ['IN_PROGRESS'] });
    const common = { ...SELDOM, account: ACCOUNT };
    const keys = ['started', 'taken-up', 'by-name', 'by-name-taken-up'].map((key) => `${key}-${queue}`);
    const [started, takenUp, byName, byNameTakenUp] = keys as [string, string, string, string];
    await startRunJob(client, { ...common, key: started, taskQueue: queue, start: { workflowId: one } });
    await startRunJob(client, { ...common, key: takenUp, taskQueue: queue, resume: { jobId: id } });
    for (const [workflowId, input] of [
      [byName, { start: { workflowId: other } }],
      [byNameTakenUp, { resume: { jobId: id } }],
    ] as const)
      await client.workflow.start(RUN_JOB, { taskQueue: queue, workflowId, args: [{ ...common, ...input }] });
    const jobOf = (workflowId: string) => api.jobs.find((job) => job.workflowId === workflowId)?.id;
    for (const [key, jobId] of [
      [started, () => jobOf(one)],
      [takenUp, () => id],
      [byName, () => jobOf(other)],
      [byNameTakenUp, () => id],
    ] as const)
      await eventually(async () => {
        expect(jobId()).toBeDefined();
        const [memo] = await listMemos(setup, key);
        expect(memo).toMatchObject({ 'unstructured.jobId': jobId(), 'unstructured.account': ACCOUNT });
      });
    for (const key of keys) await client.workflow.getHandle(key).terminate();
  });
});

test.concurrent(
  'one without an account, that goes on in further runs, and one whose job was not there yet',
  async () => {
    await withWorker(async (setup) => {
      const { api, client, queue } = setup;
      const { id } = api.addJob({ timeline: ['IN_PROGRESS'] });
      const createdAfter = new Date().toISOString();
      const waits = [
        { workflowId: `unstructured-job-${id}`, args: [{ jobId: id, ...OFTEN, continueAsNewAfterEvents: 50 }] },
        {
          workflowId: `unstructured-workflow-${workflowId}-${createdAfter}`,
          args: [{ workflowId, createdAfter, ...OFTEN, continueAsNewAfterEvents: 50 }],
        },
      ];
      for (const wait of waits) await client.workflow.start(AWAIT_JOB_COMPLETION, { ...wait, taskQueue: queue });
      await eventually(() => expect(api.requests.map(({ operation }) => operation)).toContain('listJobs'));
      const appeared = api.addJob({ workflowId, timeline: ['IN_PROGRESS'] });
      for (const [index, jobId] of [id, appeared.id].entries()) {
        await eventually(async () => {
          const memos = await listMemos(setup, waits[index]!.workflowId);
          expect(memos.length).toBeGreaterThan(2);
          expect(memos[0]).toEqual({ 'unstructured.jobId': jobId });
        });
        const handle = client.workflow.getHandle(waits[index]!.workflowId);
        const { events } = await handle.fetchHistory();
        expect(attributesOf(events ?? [], 'workflowPropertiesModifiedEventAttributes')).toEqual([]); // it was carried
        await handle.terminate();
      }
    });
  },
);
