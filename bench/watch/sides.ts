import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { startAwaitJob, type UnstructuredPluginOptions } from '../../src';
import { benchBundle } from '../support/bundle';
import { Child } from '../support/child';
import { NAIVE_LOOP, OURS, type Pattern } from '../support/patterns';
import { withServer } from '../support/servers';
import type { AddedJob, ApiAddress, ApiMessage, Asked, JobPlan } from './api-program';
import type { WorkerMessage, WorkerOptions, WorkerStatus } from './worker-program';

const STARTS_SIDE_BY_SIDE = 20;

/** A pattern, and what its worker watches. */
export interface SideOptions {
  pattern: Pick<Pattern, 'name' | 'isGood'> & {
    start: (client: Client, queue: string, jobId: string) => Promise<WorkflowHandle>;
  };
  watch: UnstructuredPluginOptions['watch'];
}

/** A wait as it is by default. Unless asked to, it does not ask which documents failed: a loop doesn't, either. */
const byDefault = (name: string, failedFiles?: 'off'): SideOptions['pattern'] => ({
  ...OURS,
  name,
  start: (client, taskQueue, jobId) => startAwaitJob(client, jobId, { taskQueue, failedFiles }),
});

export const watched = (tickMs: number, failedFiles?: 'off'): SideOptions => ({
  pattern: byDefault('watched', failedFiles),
  watch: { tick: tickMs },
});

export const bySchedule = (failedFiles?: 'off'): SideOptions => ({
  pattern: byDefault('by the schedule', failedFiles),
  watch: false,
});

export const loop = (gapMs: number): SideOptions => ({
  pattern: {
    ...NAIVE_LOOP,
    name: `naive timer loop, ${gapMs / 1_000} s`,
    start: (client, taskQueue, jobId) => NAIVE_LOOP.start(client, taskQueue, jobId, gapMs),
  },
  watch: false,
});

/** Where sides run: a dev server, and the workflows. */
export interface Place {
  client: Client;
  address: string;
  codePath: string;
}

/** Runs `fn` with a dev server of its own. */
export async function withPlace<T>(fn: (place: Place) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-watch-'));
  try {
    const codePath = join(folder, 'workflows.js');
    await writeFile(codePath, (await benchBundle()).code);
    return await withServer('dev', ({ client, address }) => fn({ client, address, codePath }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A wait and the job that it waits for. */
export interface Started {
  job: AddedJob;
  handle: WorkflowHandle;
}

/** One way to wait, with workers and a fake API of its own, each a process. */
export class Side implements AsyncDisposable {
  readonly #taskQueue = randomUUID();
  readonly #api = new Child(join(__dirname, 'api-program.ts'));
  readonly #workers: Child[] = [];

  private constructor(
    private readonly options: SideOptions,
    private readonly client: Client,
  ) {}

  /**
   * @param maxWaits As many stay in the memory of a worker
   * @param identities Of the workers
   */
  static async start(
    options: SideOptions,
    { client, address, codePath }: Place,
    maxWaits: number,
    identities = ['worker'],
  ): Promise<Side> {
    const side = new Side(options, client);
    const api = await side.#askApi<ApiAddress>('address');
    for (const identity of identities) {
      const worker = new Child(join(__dirname, 'worker-program.ts'), ['--expose-gc']);
      side.#workers.push(worker);
      await worker.ask<string>({
        ...api,
        address,
        taskQueue: side.#taskQueue,
        identity,
        codePath,
        watch: options.watch,
        maxWaits,
      } satisfies WorkerOptions);
    }
    return side;
  }

  get pattern(): SideOptions['pattern'] {
    return this.options.pattern;
  }

  /** Adds the jobs, then starts their waits in that order. */
  async startWaits(plans: readonly JobPlan[]): Promise<Started[]> {
    const jobs = await this.#askApi<AddedJob[]>({ add: [...plans] });
    const started: Started[] = [];
    const next = jobs.entries();
    const starter = async () => {
      for (const [index, job] of next)
        started[index] = { job, handle: await this.options.pattern.start(this.client, this.#taskQueue, job.id) };
    };
    await Promise.all(Array.from({ length: STARTS_SIDE_BY_SIDE }, starter));
    return started;
  }

  asked(): Promise<Asked> {
    return this.#askApi('asked');
  }

  /** Of the first worker. */
  status(): Promise<WorkerStatus> {
    return this.#askWorker<WorkerStatus>('status');
  }

  /** What the main thread of the first worker holds after a collection, in bytes. */
  heap(): Promise<number> {
    return this.#askWorker<number>('heap');
  }

  /** Has the first worker shut down, and waits until it has. */
  async stopWorker(): Promise<void> {
    await this.#askWorker<string>('stop');
  }

  /** Ends the process of the first worker at once. */
  async killWorker(): Promise<void> {
    await this.#workers[0]![Symbol.asyncDispose]();
  }

  #askWorker<Answer>(message: WorkerMessage): Promise<Answer> {
    return this.#workers[0]!.ask(message);
  }

  #askApi<Answer>(message: ApiMessage): Promise<Answer> {
    return this.#api.ask(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#workers, this.#api].map((process) => process[Symbol.asyncDispose]()));
  }
}
