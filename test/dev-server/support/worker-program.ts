/** A worker in a process of its own, which can be killed. */
import { inspect } from 'node:util';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from '../../../src';

export interface WorkerProgramOptions {
  address: string;
  taskQueue: string;
  /** Path of the bundled workflows. */
  codePath: string;
  baseUrl: string;
  apiKey: string;
  identity: string;
  /** Folder of documents and outputs. */
  folder?: string;
}

/** What the program says: that it polls, and what it logs, as a message and printed whole. */
export type WorkerMessage = 'running' | { message: string; printed: string };

const WHOLE = { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity };
const logger = new DefaultLogger('DEBUG', (entry) => {
  const { level, message, meta } = entry;
  say({ message, printed: inspect(entry, WHOLE) });
  if (level === 'ERROR') console.error(message, meta);
});

function say(message: WorkerMessage): void {
  process.send?.(message);
}

async function main(options: WorkerProgramOptions): Promise<void> {
  const { address, taskQueue, codePath, baseUrl, apiKey, identity, folder } = options;
  const folders = folder === undefined ? [] : [folder];
  Runtime.install({ logger });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    identity,
    workflowBundle: { codePath },
    plugins: [new UnstructuredPlugin({ baseUrl, apiKey, documents: { folders }, outputs: { folders } })],
    stickyQueueScheduleToStartTimeout: '1 second',
  });
  const running = worker.run();
  say('running');
  await running;
}

process.on('disconnect', () => process.exit());
process.once('message', (options: WorkerProgramOptions) => void main(options));
