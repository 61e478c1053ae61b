/** A worker in a process of its own, which can be killed. Says `running` once it polls. */
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

async function main(options: WorkerProgramOptions): Promise<void> {
  const { address, taskQueue, codePath, baseUrl, apiKey, identity, folder } = options;
  const folders = folder === undefined ? [] : [folder];
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    identity,
    workflowBundle: { codePath },
    plugins: [new UnstructuredPlugin({ baseUrl, apiKey, documents: { folders }, outputs: { folders } })],
    stickyQueueScheduleToStartTimeout: '1 second',
  });
  const running = worker.run();
  process.send?.('running');
  await running;
}

process.on('disconnect', () => process.exit());
process.once('message', (options: WorkerProgramOptions) => void main(options));
