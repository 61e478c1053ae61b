import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { expectResult, type Pattern } from '../support/patterns';
import { WorkerProcess } from './worker-process';

const POLL_MS = 100;

/** Where the waits of a load run. */
export interface Place {
  client: Client;
  address: string;
  codePath: string;
  activitySlots: number;
}

/** One way to wait, with a worker of its own. */
export class Side implements AsyncDisposable {
  private constructor(
    readonly pattern: Pattern,
    readonly worker: WorkerProcess,
    private readonly taskQueue: string,
    private readonly client: Client,
  ) {}

  /** `lastCheck`: the check that sees a job finished. `maxWaits`: as many waits stay in the worker's memory. */
  static async start(pattern: Pattern, place: Place, lastCheck: number, maxWaits: number): Promise<Side> {
    const taskQueue = randomUUID();
    const { client, address, codePath, activitySlots } = place;
    const options = { address, taskQueue, codePath, activitySlots, lastCheck, maxCachedWorkflows: maxWaits };
    return new Side(pattern, await WorkerProcess.start(options), taskQueue, client);
  }

  /** Starts so many waits at once. */
  async startWaits(waits: number, gapMs: number): Promise<WorkflowHandle[]> {
    const start = () => this.pattern.start(this.client, this.taskQueue, randomUUID(), gapMs);
    return Promise.all(Array.from({ length: waits }, start));
  }

  /** Waits for the ends. @throws Error where one is not as it should be */
  async results(handles: readonly WorkflowHandle[]): Promise<void> {
    await Promise.all(handles.map((handle) => expectResult(this.pattern, handle)));
  }

  /** Until nothing of a wait is under way but its timer. @throws Error where it ended */
  async untilAsleep(handle: WorkflowHandle): Promise<void> {
    for (;;) {
      const { status, raw } = await handle.describe();
      if (status.name !== 'RUNNING') throw new Error(`A wait by ${this.pattern.name} ended as ${status.name}.`);
      if (!raw.pendingWorkflowTask && !raw.pendingActivities?.length) return;
      await sleep(POLL_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker[Symbol.asyncDispose]();
  }
}
