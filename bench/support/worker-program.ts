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
  /** Of documents and outputs. */
  folder: string;
}

async function main({ address, taskQueue, codePath, baseUrl, folder }: WorkerOptions): Promise<void> {
  logErrorsOnly();
  const folders = { folders: [folder] };
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    workflowBundle: { codePath },
    plugins: [new UnstructuredPlugin({ apiKey: 'bench-key', baseUrl, documents: folders, outputs: folders })],
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
