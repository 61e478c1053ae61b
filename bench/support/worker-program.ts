/** A worker with the plugin, in a process of its own, whose memory is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from '../../src';
import { MemoryMeter } from './memory-meter';
import { logErrorsOnly } from './servers';

export interface WorkerOptions {
  address: string;
  taskQueue: string;
  /** Path of the bundled workflows. */
  codePath: string;
  baseUrl: string;
  /** @default 'bench-key' */
  apiKey?: string;
  /** Of documents and outputs. */
  folder: string;
  /** Whether the jobs of waits are watched. @default true */
  watch?: boolean;
}

async function main(options: WorkerOptions): Promise<void> {
  const { address, taskQueue, codePath, baseUrl, apiKey = 'bench-key', folder, watch = true } = options;
  logErrorsOnly();
  const folders = { folders: [folder] };
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    workflowBundle: { codePath },
    plugins: [
      new UnstructuredPlugin({
        apiKey,
        baseUrl,
        documents: folders,
        outputs: folders,
        watch: watch ? undefined : false,
      }),
    ],
  });
  const running = worker.run();
  while (worker.getState() !== 'RUNNING') await sleep(10);
  const meter = new MemoryMeter();
  process.on('message', () => process.send?.(meter.peak()));
  process.send?.('running');
  await running;
}

process.on('disconnect', () => process.exit());
process.once('message', (options: WorkerOptions) => void main(options));
