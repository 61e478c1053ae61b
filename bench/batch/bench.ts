import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';
import { startRunJobs } from '../../src';
import { FakeUnstructured } from '../../src/testing';
import { countActions } from '../history/actions';
import { benchBundle } from '../support/bundle';
import { Child } from '../support/child';
import { withServer } from '../support/servers';
import type { WorkerOptions } from '../support/worker-program';
import { chunksByHand } from '../support/workflows';

export interface BatchSize {
  documents: number;
  perJob: number;
  parallel: number;
  /** How long each job runs. */
  jobMs: number;
  /** How long a job is left alone between two checks; without it, the worker watches the jobs as it does by default. */
  checkMs?: number;
}

/** What a batch, or the loop, came to. */
export interface BatchCost {
  documents: number;
  jobs: number;
  ms: number;
  /** Time beyond that of the jobs, as a part of it. */
  overhead: number;
  /** Most jobs that the API had at a time. */
  mostAtATime: number;
  parentEvents: number;
  /** Billed, of the parent and its children. */
  actions: number;
  /** Requests of the API. */
  calls: number;
  /** Peak of the worker's memory so far, above that of the idle process; garbage is collected every two seconds. */
  peakBytes: number;
}

interface BatchOptions {
  /** Only so many jobs, of the first documents. */
  first?: number;
  /** So many documents more than there are. */
  new?: number;
  /** Location of an earlier manifest. */
  unlessIn?: string;
}

export interface BatchBench {
  runBatch: (name: string, options?: BatchOptions) => Promise<BatchCost & { manifest: string }>;
  runLoop: () => Promise<BatchCost>;
}

/** Without it, Node lets the heap grow with what passes through, as long as there is memory. */
const COLLECTED = ['--expose-gc', '--require', 'tsx/cjs', '--require', join(__dirname, '../support/collect.ts')];

const START = { templateId: 'hi_res_partition' };

/** A worker with an API of its own. */
class Side implements AsyncDisposable {
  readonly taskQueue = randomUUID();
  readonly worker = new Child(join(__dirname, '../support/worker-program.ts'), COLLECTED);

  private constructor(readonly api: FakeUnstructured) {}

  static async open(options: Pick<WorkerOptions, 'address' | 'codePath' | 'folder'>, size: BatchSize): Promise<Side> {
    const api = await FakeUnstructured.start({
      seed: randomUUID(),
      slots: size.parallel,
      startedJobs: { timeline: [['IN_PROGRESS', `${size.jobMs}ms`], 'COMPLETED'] },
    });
    const side = new Side(api);
    const { url: baseUrl, apiKey } = api;
    const watch = size.checkMs === undefined;
    const task: WorkerOptions = { ...options, taskQueue: side.taskQueue, baseUrl, apiKey, watch };
    await side.worker.ask(task);
    return side;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker[Symbol.asyncDispose]();
    await this.api.close();
  }
}

/** A folder of documents and a dev server. Each side that is measured has a worker process and an API of its own. */
export async function withBatchBench<T>(
  folder: string,
  size: BatchSize,
  fn: (bench: BatchBench) => Promise<T>,
): Promise<T> {
  await mkdir(join(folder, 'in'), { recursive: true });
  const documents = await writeDocuments(folder, 0, size.documents);
  const gaps = size.checkMs === undefined ? {} : { minimumGap: size.checkMs, maximumGap: size.checkMs };
  const codePath = join(folder, 'workflows.js');
  await writeFile(codePath, (await benchBundle()).code);
  return withServer('dev', async ({ client, address }) => {
    await using ours = await Side.open({ address, codePath, folder }, size);

    const runBatch: BatchBench['runBatch'] = async (name, { first, new: more = 0, unlessIn } = {}) => {
      await writeDocuments(folder, size.documents, more);
      const given = first === undefined ? { from: pathToFileURL(join(folder, 'in')).href } : documents.slice(0, first);
      const outputName = first === undefined ? '{path}/{stem}.json' : undefined;
      return measured(client, ours, size, name, async () => {
        const handle = await startRunJobs(client, {
          key: name,
          taskQueue: ours.taskQueue,
          start: START,
          documents: given,
          outputs: { to: pathToFileURL(join(folder, 'ours')).href, name: outputName },
          perJob: size.perJob,
          parallel: size.parallel,
          unlessIn,
          ...gaps,
        });
        const { counts, manifest } = await handle.result();
        if (counts.ok !== counts.documents) throw new Error(`Only ${counts.ok} of ${counts.documents} were ok.`);
        return { documents: counts.documents, jobs: counts.jobs, manifest: manifest.location };
      });
    };

    const runLoop: BatchBench['runLoop'] = async () => {
      await using loop = await Side.open({ address, codePath, folder }, size);
      return await measured(client, loop, size, 'loop', async () => {
        const chunks = chunked(documents, size.perJob);
        const given = {
          key: 'loop',
          start: START,
          outputs: { to: pathToFileURL(join(folder, 'loop')).href },
          parallel: size.parallel,
          ...gaps,
        };
        const handle = await client.workflow.start(chunksByHand, {
          workflowId: 'loop',
          taskQueue: loop.taskQueue,
          args: [given, chunks],
        });
        const saved = await handle.result();
        if (saved !== documents.length) throw new Error(`Only ${saved} of ${documents.length} outputs were saved.`);
        return { documents: documents.length, jobs: chunks.length };
      });
    };

    return await fn({ runBatch, runLoop });
  });
}

async function measured<Answer extends { documents: number; jobs: number }>(
  client: Client,
  { api, worker }: Side,
  size: BatchSize,
  workflowId: string,
  perform: () => Promise<Answer>,
): Promise<BatchCost & Answer> {
  const before = api.requests.length;
  const begunAt = performance.now();
  const answer = await perform();
  const ms = performance.now() - begunAt;
  const asked = api.requests.slice(before);
  const starts = asked.filter(({ uploads }) => uploads !== undefined).map(({ at }) => at);
  if (starts.length !== answer.jobs) throw new Error(`${starts.length} jobs were started, and not ${answer.jobs}.`);
  const jobsMs = Math.ceil(answer.jobs / size.parallel) * size.jobMs;
  const parent = await eventsOf(client, workflowId);
  const children: (typeof parent)[] = [];
  for (let job = 1; job <= answer.jobs; job++) children.push(await eventsOf(client, `${workflowId}/${job}`));
  return {
    ...answer,
    ms,
    overhead: ms / jobsMs - 1,
    mostAtATime: mostAtATime(starts, size.jobMs),
    parentEvents: parent.length,
    actions: countActions([parent, ...children].flat()),
    calls: asked.length,
    peakBytes: await worker.ask<number>('peak'),
  };
}

/** Events of all runs of a workflow. */
async function eventsOf(client: Client, workflowId: string): Promise<Parameters<typeof countActions>[0]> {
  const { firstRunId } = (await client.workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo ?? {};
  const all: Parameters<typeof countActions>[0][number][] = [];
  for (let runId = firstRunId; runId;) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    all.push(...(events ?? []));
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return all;
}

/** Most jobs that run at a moment, by when they were started. */
function mostAtATime(starts: readonly number[], jobMs: number): number {
  return Math.max(...starts.map((at) => starts.filter((other) => other <= at && at < other + jobMs).length));
}

async function writeDocuments(folder: string, from: number, count: number): Promise<{ ref: string }[]> {
  const paths = Array.from({ length: count }, (_, n) => join(folder, 'in', `${String(from + n).padStart(6, '0')}.txt`));
  for (const path of paths) await writeFile(path, `The text of ${path}.`);
  return paths.map((path) => ({ ref: pathToFileURL(path).href }));
}

function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
