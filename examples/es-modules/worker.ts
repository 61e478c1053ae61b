import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import * as activities from './activities.js';
import { readSecret } from './secrets.js';

export const workflowsPath = fileURLToPath(new URL(`./workflows${extname(import.meta.url)}`, import.meta.url));

export async function createWorker(): Promise<Worker> {
  return Worker.create({
    taskQueue: 'documents',
    workflowsPath,
    activities,
    plugins: [new UnstructuredPlugin({ apiKey: () => readSecret('unstructured') })],
  });
}
