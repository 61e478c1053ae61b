import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { type RunJobHandle, startRunJob } from '../../client/start-run-job';
import type { UnstructuredPluginOptions } from '../../plugin';
import { type FakeUnstructured, faults } from '../../testing';
import type { Cleanup } from '../cleanup';
import type { TemporalServer } from '../server/temporal-server';
import { DEMO_WAIT_OPTIONS } from './jobs';
import type { RunNames } from './names';
import type { awaitJobs, AwaitJobsInput } from './workflows';

/** What the run is called on the screen. */
export const RUN_NAME = 'runJob';

/** Documents of this package that become files. */
const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'LICENSE'];

/** Which documents go in, and where their outputs come out. */
export interface DemoRun {
  refs: string[];
  /** A temporary folder. */
  folder: string;
  /** What the worker's plugin allows for it. */
  allowed: Pick<UnstructuredPluginOptions, 'documents' | 'outputs'>;
}

/** Gives the fake API the pace of a real one. Where the demo is interrupted, what it wrote goes with it. */
export async function prepareRun(api: FakeUnstructured, cleanup: Cleanup, signal: AbortSignal): Promise<DemoRun> {
  api.setStartedJobs({ timeline: [['SCHEDULED', '3s'], ['IN_PROGRESS', '9s'], ['COMPLETED']] });
  api.addFaults([
    [{ operation: 'createJob' }, faults.delay('1500ms')],
    [{ operation: 'downloadJobOutput' }, faults.delay('700ms')],
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'unstructured-demo-'));
  // A folder that is not empty stays.
  cleanup.add(() => (signal.aborted ? rm(folder, { recursive: true }) : rmdir(folder)));
  const home = dirname(require.resolve('temporal-unstructured/package.json'));
  return {
    refs: DOCUMENTS.map((name) => pathToFileURL(join(home, name)).href),
    folder,
    allowed: { documents: { folders: [home] }, outputs: { folders: [folder] } },
  };
}

/** Starts a job for the documents, awaits it, and saves its outputs: one workflow. On a server that stays, an interruption cancels both. */
export async function startDemoRun(run: DemoRun, { client, server, names, cleanup }: Start): Promise<RunJobHandle> {
  const handle = await startRunJob(client, {
    key: names.runId,
    taskQueue: names.taskQueue,
    start: { templateId: 'hi_res_partition' },
    documents: run.refs.map((ref) => ({ ref })),
    outputs: { to: pathToFileURL(run.folder).href, parallel: 1 },
    ...DEMO_WAIT_OPTIONS,
  });
  if (!server.isOwn) cleanup.add(() => endWorkflow(client, handle));
  return handle;
}

/** What a workflow of the demo is started with. */
export interface Start {
  client: Client;
  server: TemporalServer;
  names: RunNames;
  cleanup: Cleanup;
}

type Parent = WorkflowHandle<typeof awaitJobs>;

/** Starts the parent workflow. On a server that stays, an interruption ends it and its waits; the jobs themselves go on. */
export async function startAwaiting(input: AwaitJobsInput, { client, server, names, cleanup }: Start): Promise<Parent> {
  const { workflowId, taskQueue } = names;
  const parent = await client.workflow.start<typeof awaitJobs>('awaitJobs', {
    workflowId,
    taskQueue,
    args: [input],
    staticSummary: 'Demo of temporal-unstructured',
  });
  if (!server.isOwn) cleanup.add(() => endWorkflow(client, parent));
  return parent;
}

const CANCEL_TIMEOUT_MS = 5_000;

/** Cancels a workflow that still runs, and terminates it where it does not end soon. */
async function endWorkflow(client: Client, handle: WorkflowHandle): Promise<void> {
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING') return;
  await handle.cancel();
  const ended = client.connection.withDeadline(Date.now() + CANCEL_TIMEOUT_MS, () => handle.result());
  await ended.catch(() => handle.terminate('The demo was interrupted'));
}
