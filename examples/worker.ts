import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import * as activities from './activities';
import { readSecret } from './secrets';

export async function createWorker(): Promise<Worker> {
  return Worker.create({
    taskQueue: 'documents',
    workflowsPath: require.resolve('./workflows'),
    activities,
    plugins: [new UnstructuredPlugin({ apiKey: () => readSecret('unstructured') })],
  });
}
