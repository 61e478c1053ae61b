/** A worker in a process of its own, whose `getJob` asks a port in the same process: no HTTP, so that Temporal's share is what is measured. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Job } from '../../src/core/job';
import { activitiesOver } from '../support/activities';
import { logErrorsOnly } from '../support/servers';

export interface WorkerProgramOptions {
  address: string;
  taskQueue: string;
  /** Path of the bundled workflows. */
  codePath: string;
  activitySlots: number;
  maxCachedWorkflows: number;
  /** The check that sees the job finished. */
  lastCheck: number;
}

/** What the worker tells when asked. */
export interface WorkerStatus {
  /** Checks made since the start. */
  checks: number;
  /** Resident memory of the process in bytes. */
  rss: number;
}

const FILES = 4;

/** Jobs that run until they were checked so often. */
class CountingPort {
  checks = 0;
  readonly #checksOf = new Map<string, number>();

  constructor(private readonly lastCheck: number) {}

  getJob(jobId: string): Promise<Job> {
    this.checks++;
    const check = (this.#checksOf.get(jobId) ?? 0) + 1;
    const isLast = check >= this.lastCheck;
    if (isLast) this.#checksOf.delete(jobId);
    else this.#checksOf.set(jobId, check);
    return Promise.resolve(makeJob(jobId, isLast ? 'COMPLETED' : 'IN_PROGRESS'));
  }
}

function makeJob(id: string, status: string): Job {
  return {
    id,
    workflowId: '0cd23a5e-9bd8-4a2e-b6b1-d4ac5eb4bd0c',
    workflowName: `Job ${id.slice(0, 8)}`,
    status,
    createdAt: '2026-01-01T00:00:00.000Z',
    runtime: null,
    jobType: 'ephemeral',
    inputFileIds: ['250713305v1-d88db765.pdf'],
    outputNodeFiles: Array.from({ length: FILES }, (_, index) => ({
      nodeId: `4eb78731-4669-438c-9e2c-c76fcb1c9a5${index}`,
      fileId: '250713305v1-d88db765.pdf',
      nodeType: 'partition',
      nodeSubtype: 'unstructured_api',
    })),
  };
}

async function main(options: WorkerProgramOptions): Promise<void> {
  logErrorsOnly();
  const port = new CountingPort(options.lastCheck);
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address: options.address }),
    taskQueue: options.taskQueue,
    workflowBundle: { codePath: options.codePath },
    activities: activitiesOver(port),
    maxConcurrentActivityTaskExecutions: options.activitySlots,
    maxCachedWorkflows: options.maxCachedWorkflows,
  });
  const running = worker.run();
  process.on('message', () => {
    const status: WorkerStatus = { checks: port.checks, rss: process.memoryUsage.rss() };
    process.send?.(status);
  });
  while (worker.getState() !== 'RUNNING') await sleep(10);
  process.send?.('running');
  await running;
}

process.on('disconnect', () => process.exit());
process.once('message', (options: WorkerProgramOptions) => void main(options));
