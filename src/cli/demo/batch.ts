import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type RunJobsHandle, startRunJobs } from '../../client/start-run-jobs';
import type { UnstructuredPluginOptions } from '../../plugin';
import { awaitEnd } from '../run/end';
import { WrittenBatch } from '../run/records';
import type { FinishedBatch } from '../view/render-batch';
import { endWithDemo, type Start } from './ending';
import { DEMO_WAIT_OPTIONS } from './jobs';

/** The name of the batch on the screen. */
export const BATCH_NAME = 'runJobs';

/** Documents of this package, of various kinds. */
const DOCUMENTS = ['examples', 'documents'];
/** Documents per job: fewer than the API's ten, so that these few documents make more jobs. */
const PER_JOB = 4;

/** A folder of documents that becomes a folder of files. */
export interface DemoBatch {
  from: string;
  to: string;
}

export function prepareBatch(home: string, folder: string): DemoBatch {
  return { from: join(home, ...DOCUMENTS), to: join(folder, 'batch') };
}

/** Starts a batch that lists the folder and runs a job for every few documents. */
export async function startDemoBatch({ from, to }: DemoBatch, start: Start): Promise<RunJobsHandle> {
  const { client, names } = start;
  const handle = await startRunJobs(client, {
    key: names.batchId,
    taskQueue: names.taskQueue,
    start: { templateId: 'hi_res_partition' },
    documents: { from: pathToFileURL(from).href },
    outputs: { to: pathToFileURL(to).href, name: '{path}/{stem}.json' },
    perJob: PER_JOB,
    ...DEMO_WAIT_OPTIONS,
  });
  endWithDemo(handle, start);
  return handle;
}

/** Awaits the batch, and reads what it wrote. */
export async function endOfBatch(
  handle: RunJobsHandle,
  { to }: DemoBatch,
  { outputs }: Pick<UnstructuredPluginOptions, 'outputs'>,
  signal: AbortSignal,
): Promise<FinishedBatch> {
  const startedAt = Date.now();
  const key = handle.workflowId;
  const written = new WrittenBatch({ outputs }, key, { url: `${pathToFileURL(to).href}/` }, signal);
  try {
    const { location, ...ended } = await awaitEnd(handle, written, { signal, isBegun: () => Promise.resolve(true) });
    return { ...ended, title: `Batch ${key}`, outputs: to, manifest: location, elapsed: Date.now() - startedAt };
  } finally {
    await written.close();
  }
}
