import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { readSecret } from './secrets';

/** Starts of all workers go through this queue, at most one a second: the server keeps the limit. */
export async function createStartWorker(): Promise<Worker> {
  return Worker.create({
    taskQueue: 'unstructured-starts', // the input's startTaskQueue
    maxTaskQueueActivitiesPerSecond: 1,
    plugins: [
      new UnstructuredPlugin({
        apiKey: () => readSecret('unstructured'),
        documents: { folders: ['/data/inbox'] },
      }),
    ],
  });
}
