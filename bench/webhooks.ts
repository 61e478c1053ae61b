/**
 * How long it takes from the end of a job to the result of a parent workflow, when a webhook tells of it, beside a parent whose child does
 * nothing but wait for a signal.
 * Run alone: `npx tsx bench/webhooks.ts`.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { checkNow, UnstructuredPlugin } from '../src';
import { waiterWorkflowId } from '../src/core/names';
import { FakeUnstructured } from '../src/testing';
import { createWebhookHandler, toNodeListener } from '../src/webhooks';
import { print, type Report } from './report';
import { benchBundle } from './support/bundle';
import { withServer } from './support/servers';
import { median, quantile } from './support/statistics';
import { go, parentOfSignal, parentOfWait } from './support/workflows';

const ROUNDS = 30;
/** Until everything has come to rest. */
const REST_MS = 500;
const SECRET = 'a secret of more than 24 bytes';

interface Options {
  /** How often each side takes its turn. @default 30 */
  rounds?: number;
}

export async function run({ rounds = ROUNDS }: Options = {}): Promise<Report> {
  const sides = await withServer('dev', async ({ client, nativeConnection }) => {
    const taskQueue = 'webhooks';
    const server = createServer(toNodeListener(createWebhookHandler({ client, secret: SECRET }))).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await using told = await FakeUnstructured.start({ seed: 'told', webhooks: [{ url, secret: SECRET }] });
    await using untold = await FakeUnstructured.start({ seed: 'untold' });
    const account = (api: FakeUnstructured) => ({ apiKey: api.apiKey, baseUrl: api.url });
    const startWorker = async (queue: string, api: FakeUnstructured) =>
      Worker.create({
        connection: nativeConnection,
        taskQueue: queue,
        workflowBundle: await benchBundle(),
        plugins: [new UnstructuredPlugin(account(api))],
      });
    const workers = [await startWorker(taskQueue, told), await startWorker('untold', untold)];
    const running = workers.map((worker) => worker.run());
    try {
      return await takeTurns(rounds, {
        'a bare signal': () => bare(client, taskQueue),
        'checkNow by hand': () => waited(client, 'untold', untold, true),
        'a webhook': () => waited(client, taskQueue, told, false),
      });
    } finally {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      server.closeAllConnections();
      server.close();
    }
  });
  const medians = Object.fromEntries(Object.entries(sides).map(([name, times]) => [name, median(times)]));
  return {
    name: 'webhooks',
    tables: [
      {
        title: "from a signal, or a job's end, to the parent's result",
        rows: Object.entries(sides).map(([by, times]) => ({
          by,
          'median, ms': median(times),
          'p90, ms': quantile(times, 0.9),
          'median over a bare signal, ms': median(times) - medians['a bare signal']!,
        })),
      },
    ],
    goals: ['a bare signal', 'checkNow by hand'].map((other) => ({
      what: `a webhook over ${other}, median, ms`,
      value: medians['a webhook']! - medians[other]!,
      atMost: 100,
      isReduced: rounds < ROUNDS,
    })),
    notes: [
      'Dev server in memory; parent, waiter, handler and fake in one process. The sides take turns, in changing order.',
      "A webhook's time holds the delivery over HTTP, its check, the query for other waiters, the signal, the wait's check and its question which documents failed.",
    ],
  };
}

type Side = () => Promise<number>;

async function takeTurns(rounds: number, sides: Record<string, Side>): Promise<Record<string, number[]>> {
  const names = Object.keys(sides);
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await sides[name]!(); // warm
  for (let round = 0; round < rounds; round++) {
    const order = names.map((_, index) => names[(index + round) % names.length]!);
    for (const name of order) times[name]!.push(await sides[name]!());
  }
  return times;
}

async function bare(client: Client, taskQueue: string): Promise<number> {
  const id = randomUUID();
  const parent = await client.workflow.start(parentOfSignal, { workflowId: `parent-${id}`, taskQueue, args: [id] });
  const ended = parent.result();
  await isThere(client.workflow.getHandle(id));
  const begin = performance.now();
  await client.workflow.getHandle(id).signal(go);
  await ended;
  return performance.now() - begin;
}

async function waited(client: Client, taskQueue: string, api: FakeUnstructured, byHand: boolean): Promise<number> {
  const job = api.addJob({ timeline: ['IN_PROGRESS'] });
  const parent = await client.workflow.start(parentOfWait, {
    workflowId: `parent-${job.id}`,
    taskQueue,
    args: [job.id],
  });
  const ended = parent.result();
  const waiter = client.workflow.getHandle(waiterWorkflowId(job.id));
  await isThere(waiter);
  while (job.checks === 0) await sleep(10);
  await sleep(REST_MS);
  const begin = performance.now();
  job.setStatus('COMPLETED');
  if (byHand) await waiter.signal(checkNow);
  await ended;
  return performance.now() - begin;
}

async function isThere(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const found = await handle.describe().catch(() => undefined);
    if (found && found.historyLength > 3) break; // its first task is done
    await sleep(10);
  }
  await sleep(REST_MS);
}

if (require.main === module) void run().then(print);
