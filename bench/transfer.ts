/**
 * A run's transfers beside what the vendor's examples do: outputs one after the other, documents read whole. Server, worker and loop are
 * processes of their own. Run alone: `npx tsx bench/transfer.ts`.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';
import { startRunJob } from '../src';
import type { RunJobResult } from '../src/core/run/result';
import { print, type Report } from './report';
import { benchBundle } from './support/bundle';
import { Child } from './support/child';
import { withServer } from './support/servers';
import { median } from './support/statistics';
import type { WorkerOptions } from './support/worker-program';
import type { LoopTask, Measured } from './transfer/loop-program';
import type { ServedJob, ServerOptions } from './transfer/server-program';

const MB = 1_000_000;
const OUTPUTS = { outputs: 200, outputBytes: 5 * MB };
const DOCUMENTS = { count: 10, bytes: 50 * MB };
const LATENCIES_MS = [200, 0];
const ROUNDS = 3;

/** Both sides, and where they work. */
interface Sides {
  client: Client;
  taskQueue: string;
  worker: Child;
  loop: Child;
  served: ServedJob;
  folder: string;
}

interface Pair {
  ours: Measured;
  loop: Measured;
}

/** The same work for both sides. */
interface Round {
  ours: () => Promise<unknown>;
  loop: LoopTask;
  /** Takes away what both left. */
  clear?: () => Promise<void>;
}

export async function run(): Promise<Report> {
  const collected: { latencyMs: number; pair: Pair }[] = [];
  for (const latencyMs of LATENCIES_MS)
    collected.push({
      latencyMs,
      pair: await withSides({ ...OUTPUTS, firstByteMs: latencyMs, uploadBytes: 0 }, (sides) => turns(sides, collect)),
    });
  const uploadBytes = DOCUMENTS.count * DOCUMENTS.bytes;
  const uploaded = await withSides({ outputs: 0, outputBytes: 0, firstByteMs: 0, uploadBytes }, (sides) =>
    turns(sides, upload),
  );
  const asInLife = collected[0]!.pair;
  return {
    name: 'transfer',
    tables: [
      {
        title: `collect ${OUTPUTS.outputs} outputs of ${OUTPUTS.outputBytes / MB} MB`,
        rows: collected.flatMap(({ latencyMs, pair }) => toRows(pair, { 'to the first byte, ms': latencyMs })),
      },
      {
        title: `send ${DOCUMENTS.count} documents of ${DOCUMENTS.bytes / MB} MB`,
        rows: toRows(uploaded, {}),
      },
    ],
    goals: [
      {
        what: 'collect: time of the loop ÷ ours, 200 ms to the first byte',
        value: asInLife.loop.ms / asInLife.ours.ms,
        atLeast: 3,
      },
      { what: 'collect: memory above an idle worker, MB', value: asInLife.ours.peakBytes / MB, atMost: 150 },
      { what: 'send: memory above an idle worker, MB', value: uploaded.ours.peakBytes / MB, atMost: 150 },
    ],
    notes: [
      `Median of ${ROUNDS} rounds, by turns, one server for both; what was written is flushed before each turn.`,
      'The server counts what it is sent, and refuses less. Ours: a whole run on a dev server, from its start to its result, with a check of the job and its details; outputs are checked, hashed and synced.',
      'The loop: fetch, parse, write; for documents one form of files that are read whole.',
      'Memory: the peak of the resident set in all rounds, sampled every 10 ms, above what it was when the process was idle.',
    ],
  };
}

function toRows({ ours, loop }: Pair, facts: Record<string, number>): Record<string, string | number>[] {
  return [
    { pattern: 'loop', ...facts, s: loop.ms / 1_000, 'memory above idle, MB': loop.peakBytes / MB, 'times as fast': 1 },
    {
      pattern: 'runJob',
      ...facts,
      s: ours.ms / 1_000,
      'memory above idle, MB': ours.peakBytes / MB,
      'times as fast': loop.ms / ours.ms,
    },
  ];
}

/** Lets both sides do the same, by turns, in changing order. */
async function turns(sides: Sides, task: (sides: Sides) => Promise<Round>): Promise<Pair> {
  const rounds: Pair[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { ours, loop, clear } = await task(sides);
    const pair: Partial<Pair> = {};
    const measureOurs = async () => void (pair.ours = await measured(sides.worker, ours));
    const measureLoop = async () => void (pair.loop = await sides.loop.ask<Measured>(loop));
    for (const measure of round % 2 === 0 ? [measureLoop, measureOurs] : [measureOurs, measureLoop]) {
      flush();
      await measure();
    }
    await clear?.();
    rounds.push(pair as Pair);
  }
  const middle = (side: keyof Pair): Measured => ({
    ms: median(rounds.map((pair) => pair[side].ms)),
    peakBytes: Math.max(...rounds.map((pair) => pair[side].peakBytes)),
  });
  return { ours: middle('ours'), loop: middle('loop') };
}

/** So that no side waits for the disk on account of what the other wrote. */
function flush(): void {
  execFileSync('sync');
}

async function measured(worker: Child, perform: () => Promise<unknown>): Promise<Measured> {
  const begunAt = performance.now();
  await perform();
  return { ms: performance.now() - begunAt, peakBytes: await worker.ask<number>('peak') };
}

async function collect({ client, taskQueue, served, folder }: Sides): Promise<Round> {
  const out = join(folder, randomUUID());
  await mkdir(out);
  const ours = async () => {
    const to = pathToFileURL(join(out, 'ours')).href;
    const run = await startRunJob(client, {
      key: randomUUID(),
      taskQueue,
      resume: { jobId: served.jobId },
      outputs: { to },
    });
    const { otherOutputs }: RunJobResult = await run.result();
    const whole = otherOutputs.filter(({ bytes }) => bytes === served.outputBytes);
    if (whole.length !== OUTPUTS.outputs) throw new Error(`${whole.length} outputs were saved whole.`);
  };
  return { ours, loop: { collect: served, folder: out }, clear: () => rm(out, { recursive: true }) };
}

async function upload({ client, taskQueue, served, folder }: Sides): Promise<Round> {
  const paths = await Promise.all(
    Array.from({ length: DOCUMENTS.count }, (_, index) => documentAt(join(folder, `${index}.pdf`))),
  );
  const ours = async () => {
    const documents = paths.map((path) => ({ ref: pathToFileURL(path).href }));
    const start = { templateId: 'hi_res_partition' };
    const run = await startRunJob(client, { key: randomUUID(), taskQueue, start, documents, failedFiles: 'off' });
    await run.result();
  };
  return { ours, loop: { upload: paths, url: served.url } };
}

async function documentAt(path: string): Promise<string> {
  await writeFile(path, '%PDF-1.7');
  await truncate(path, DOCUMENTS.bytes);
  return path;
}

async function withSides<T>(options: ServerOptions, fn: (sides: Sides) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-transfer-'));
  const program = (path: string) => new Child(join(__dirname, `${path}-program.ts`));
  try {
    return await withServer('dev', async ({ client, address }) => {
      await using server = program('transfer/server');
      await using worker = program('support/worker');
      await using loop = program('transfer/loop');
      const served = await server.ask<ServedJob>(options);
      const codePath = join(folder, 'workflows.js');
      await writeFile(codePath, (await benchBundle()).code);
      const taskQueue = randomUUID();
      const workerOptions: WorkerOptions = { address, taskQueue, codePath, baseUrl: served.url, folder };
      await worker.ask(workerOptions);
      return await fn({ client, taskQueue, worker, loop, served, folder });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (require.main === module) void run().then(print);
