import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import * as activities from './activities';
import { readSecret } from './secrets';

const plugins = [new UnstructuredPlugin({ apiKey: () => readSecret('unstructured') })];

/** In a build step. It makes no requests, so the function `apiKey` is not called. */
export async function writeBundle(codePath: string): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('./workflows'), plugins });
  await writeFile(codePath, code);
}

export async function createBundledWorker(codePath: string): Promise<Worker> {
  return Worker.create({ taskQueue: 'documents', workflowBundle: { codePath }, activities, plugins });
}
