import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { type RunJobHandle, startRunJob } from '../../client/start-run-job';
import type { UnstructuredPluginOptions } from '../../plugin';
import { type FakeUnstructured, faults } from '../../testing';
import type { Cleanup } from '../support/cleanup';
import { type DemoBatch, prepareBatch } from './batch';
import { DEMO_WAIT_OPTIONS } from './jobs';
import { endWithDemo, type Start } from './ending';
import type { awaitJobs, AwaitJobsInput } from './workflows';

/** The name of the run on the screen. */
export const RUN_NAME = 'runJob';

/** Documents of this package that become files. */
const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'LICENSE'];

/** The documents that go in, and the folder for their outputs. */
interface DemoRun {
  refs: string[];
  folder: string;
}

/** The demo's run and batch, prepared. */
export interface Prepared {
  run: DemoRun;
  batch: DemoBatch;
  /** What the worker's plugin allows for both. */
  allowed: Pick<UnstructuredPluginOptions, 'documents' | 'outputs'>;
}

/**
 * Makes the fake API as slow as a real one, and creates the folder for outputs. If the demo is interrupted, the folder is removed with its content.
 */
export async function prepareFiles(api: FakeUnstructured, cleanup: Cleanup, signal: AbortSignal): Promise<Prepared> {
  api.setStartedJobs({ timeline: [['SCHEDULED', '3s'], ['IN_PROGRESS', '9s'], ['COMPLETED']] });
  api.addFaults([
    [{ operation: 'createJob' }, faults.delay('1500ms')],
    [{ operation: 'downloadJobOutput' }, faults.delay('700ms')],
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'unstructured-demo-'));
  // Without an interruption, a folder that is not empty stays.
  cleanup.add(() => (signal.aborted ? rm(folder, { recursive: true }) : rmdir(folder)));
  const home = dirname(require.resolve('temporal-unstructured/package.json'));
  return {
    run: { refs: DOCUMENTS.map((name) => pathToFileURL(join(home, name)).href), folder: join(folder, 'run') },
    batch: prepareBatch(home, folder),
    allowed: { documents: { folders: [home] }, outputs: { folders: [folder] } },
  };
}

/** Starts a job for the documents, awaits it, and saves its outputs: one workflow. */
export async function startDemoRun(run: DemoRun, start: Start): Promise<RunJobHandle> {
  const { client, names } = start;
  const handle = await startRunJob(client, {
    key: names.runId,
    taskQueue: names.taskQueue,
    start: { templateId: 'hi_res_partition' },
    documents: run.refs.map((ref) => ({ ref })),
    outputs: { to: pathToFileURL(run.folder).href, name: '{stem}.json', parallel: 1 },
    ...DEMO_WAIT_OPTIONS,
  });
  endWithDemo(handle, start);
  return handle;
}

type Parent = WorkflowHandle<typeof awaitJobs>;

/** Starts the parent workflow. If an interruption ends it and its waits, the jobs themselves continue. */
export async function startAwaiting(input: AwaitJobsInput, start: Start): Promise<Parent> {
  const { client, names } = start;
  const { workflowId, taskQueue } = names;
  const parent = await client.workflow.start<typeof awaitJobs>('awaitJobs', {
    workflowId,
    taskQueue,
    args: [input],
    staticSummary: 'Demo of temporal-unstructured',
  });
  endWithDemo(parent, start);
  return parent;
}
