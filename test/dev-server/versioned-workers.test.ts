// Waits, runs and batches outlive the version of the worker that they began on, also where everything else on it is pinned: they go on by the version
// that is current, also in the runs that they continue as.
import type { WorkflowHandle } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { startRunJob, startRunJobs, UnstructuredPlugin } from '../../src';
import type { FakeJob } from '../../src/testing';
import { historiesOf } from '../support/histories';
import { parentOfChild } from '../support/parents';
import { batchOf } from './support/batch';
import { OFTEN, type Setup, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();
const OPTIONS = { ...OFTEN, continueAsNewAfterEvents: 50 };

/** A worker of a version, on which workflows that declare nothing are pinned. */
function startVersion(
  { queue: deploymentName, startWorker }: Setup,
  buildId: string,
  options?: Partial<WorkerOptions>,
) {
  const version = { deploymentName, buildId };
  return startWorker({
    ...options,
    workerDeploymentOptions: { useWorkerVersioning: true, version, defaultVersioningBehavior: 'PINNED' },
  });
}

/** Makes the version the current one, as soon as the server knows its worker. */
function makeCurrent({ env, queue: deploymentName }: Setup, buildId: string): Promise<void> {
  const { workflowService } = env.connection;
  const namespace = env.client.options.namespace;
  return eventually(async () => {
    await workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId });
  });
}

/** The versions that did the workflow's tasks, in order, for each of its runs. */
async function versionsOf({ client }: Setup, { workflowId, runId }: { workflowId: string; runId: string }) {
  const runs = (await historiesOf(client, [{ workflowId, runId }])).filter((run) => run.workflowId === workflowId);
  return runs.map(({ history }) => {
    const versions = (history.events ?? []).flatMap(
      ({ workflowTaskCompletedEventAttributes: task }) => task?.deploymentVersion?.buildId ?? [],
    );
    return [...new Set(versions)];
  });
}

interface Started {
  /** The wait or the run. */
  handle: Pick<WorkflowHandle, 'workflowId' | 'result'>;
  runId: string;
  job: () => FakeJob | undefined;
}

const FORMS: Record<string, (setup: Setup) => Promise<Started>> = {
  'a wait that a client started': async ({ api, start }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const handle = await start(job, OPTIONS);
    return { handle, runId: handle.firstExecutionRunId, job: () => job };
  },
  'a wait in a child of a pinned workflow': async ({ api, client, queue }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const args: Parameters<typeof parentOfChild> = [job.id, OPTIONS];
    await client.workflow.start(parentOfChild, { workflowId: `parent-${queue}`, taskQueue: queue, args });
    const handle = client.workflow.getHandle(`unstructured-job-${job.id}`);
    const { runId } = await eventually(() => handle.describe());
    return { handle, runId, job: () => job };
  },
  'a run': async ({ api, client, queue }) => {
    const { id: workflowId } = api.addWorkflow();
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const input = { key: `run-${queue}`, taskQueue: queue, start: { workflowId }, ...OPTIONS };
    const handle = await startRunJob(client, input);
    return { handle, runId: handle.firstExecutionRunId, job: () => api.jobs[0] };
  },
};

test.concurrent.each(Object.entries(FORMS))(
  '%s goes on by the current version',
  { timeout: 120_000 },
  async (_, begin) => {
    await withApi(async (setup) => {
      const first = await startVersion(setup, '1');
      await makeCurrent(setup, '1');
      const { handle, runId, job } = await begin(setup);
      await eventually(() => expect(job()?.checks).toBeGreaterThan(6)); // by now in a second run
      await first.stop();

      await startVersion(setup, '2');
      await makeCurrent(setup, '2');
      const checksBefore = job()!.checks;
      await eventually(() => expect(job()?.checks).toBeGreaterThan(checksBefore + 6));
      job()!.setStatus('COMPLETED');
      expect(await handle.result()).toMatchObject({ job: { status: 'COMPLETED' } });

      const versions = await versionsOf(setup, { workflowId: handle.workflowId, runId });
      expect(versions[0]).toEqual(['1']);
      expect(versions.length).toBeGreaterThan(3);
      expect(versions.at(-1)).toEqual(['2']);
    });
  },
);

test('a batch and its runs go on by the current version', { timeout: 120_000 }, async ({ onTestFinished }) => {
  await withApi(
    async (setup) => {
      const { api, client } = setup;
      const options = { perJob: 1, parallel: 1, continueAsNewAfterEvents: 50 };
      const { folder, input } = await batchOf(setup, 20, onTestFinished, options);
      const storage = { documents: { folders: [folder] }, outputs: { folders: [folder] } };
      const plugins = [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, ...storage })];
      const first = await startVersion(setup, '1', { plugins });
      await makeCurrent(setup, '1');
      const handle = await startRunJobs(client, input);
      await eventually(() => expect(api.jobs.length).toBeGreaterThan(7)); // by now in a second run
      await first.stop();

      await startVersion(setup, '2', { plugins });
      await makeCurrent(setup, '2');
      expect((await handle.result()).counts).toMatchObject({ documents: 20, ok: 20, jobs: 20 });
      expect(api.jobs).toHaveLength(20);

      const batch = await versionsOf(setup, { workflowId: handle.workflowId, runId: handle.firstExecutionRunId });
      expect(batch[0]).toEqual(['1']);
      expect(batch.length).toBeGreaterThan(2);
      expect(batch.at(-1)).toEqual(['2']);
      const runs = await Promise.all(
        [1, 20].map(async (part) => {
          const { workflowId, runId } = await client.workflow.getHandle(`${handle.workflowId}/${part}`).describe();
          return versionsOf(setup, { workflowId, runId });
        }),
      );
      expect(runs).toEqual([[['1']], [['2']]]);
    },
    { startedJobs: { timeline: ['COMPLETED'] } },
  );
});
