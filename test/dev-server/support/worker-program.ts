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
}

async function main(options: WorkerProgramOptions): Promise<void> {
  const { address, taskQueue, codePath, baseUrl, apiKey, identity } = options;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    identity,
    workflowBundle: { codePath },
    plugins: [new UnstructuredPlugin({ baseUrl, apiKey })],
    stickyQueueScheduleToStartTimeout: '1 second',
  });
  const running = worker.run();
  process.send?.('running');
  await running;
}

process.on('disconnect', () => process.exit());
process.once('message', (options: WorkerProgramOptions) => void main(options));
