/** A worker with the plugin, in a process of its own, whose load and memory are asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { UnstructuredPlugin, type UnstructuredPluginOptions } from '../../src';
import { logErrorsOnly } from '../support/servers';
import type { ApiAddress } from './api-program';

export interface WorkerOptions extends ApiAddress {
  address: string;
  taskQueue: string;
  identity: string;
  /** Path of the bundled workflows. */
  codePath: string;
  watch: UnstructuredPluginOptions['watch'];
  /** As many waits stay in the worker's memory. */
  maxWaits: number;
}

/** What the worker tells when asked, since its start. */
export interface WorkerStatus {
  cpuMs: number;
  /** Heartbeats that Temporal was sent. */
  heartbeats: number;
  /** Resident memory of the process in bytes. */
  rss: number;
}

/** `heap` is answered with what the main thread holds after a collection, in bytes; `stop`, once the worker has shut down. */
export type WorkerMessage = 'status' | 'heap' | 'stop';

async function main(options: WorkerOptions): Promise<void> {
  const { address, taskQueue, identity, codePath, baseUrl, apiKey, watch, maxWaits } = options;
  logErrorsOnly();
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    identity,
    workflowBundle: { codePath },
    plugins: [new UnstructuredPlugin({ apiKey, baseUrl, watch })],
    maxCachedWorkflows: maxWaits,
  });
  const heartbeats = countHeartbeats(worker);
  const running = worker.run();
  const answers: Record<WorkerMessage, () => void> = {
    status: () => {
      const { user, system } = process.cpuUsage();
      const { rss } = process.memoryUsage();
      process.send?.({ cpuMs: (user + system) / 1_000, heartbeats: heartbeats(), rss } satisfies WorkerStatus);
    },
    heap: () => process.send?.(heapHeld()),
    stop: () => worker.shutdown(),
  };
  process.on('message', (message: WorkerMessage) => answers[message]());
  while (worker.getState() !== 'RUNNING') await sleep(10);
  process.send?.('running');
  await running;
  process.send?.('stopped');
}

function heapHeld(): number {
  gc!();
  return process.memoryUsage().heapUsed;
}

/** They leave no event in history. */
function countHeartbeats({ client }: Worker): () => number {
  const service = client!.workflowService;
  const heartbeat = service.recordActivityTaskHeartbeat.bind(service);
  let count = 0;
  service.recordActivityTaskHeartbeat = ((request: Parameters<typeof heartbeat>[0]) => {
    count++;
    return heartbeat(request);
  }) as typeof service.recordActivityTaskHeartbeat;
  return () => count;
}

process.on('disconnect', () => process.exit());
process.once('message', (options: WorkerOptions) => void main(options));
