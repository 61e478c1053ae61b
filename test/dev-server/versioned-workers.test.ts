// Waits and runs outlive the version of the worker that they began on, also where everything else on it is pinned: they go on by the version
// that is current, also in the runs that they continue as.
import type { WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import { startRunJob } from '../../src';
import type { FakeJob } from '../../src/testing';
import { historiesOf } from '../support/histories';
import { parentOfChild } from '../support/parents';
import { OFTEN, type Setup, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';

const { withApi } = useDevServer();
const OPTIONS = { ...OFTEN, continueAsNewAfterEvents: 50 };

/** A worker of a version, on which workflows that declare nothing are pinned. */
function startVersion({ queue: deploymentName, startWorker }: Setup, buildId: string) {
  const version = { deploymentName, buildId };
  return startWorker({
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
