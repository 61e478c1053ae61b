/**
 * What a check costs in history and in billed actions, beside the naive timer loop and Temporal's own polling sample, on a dev server.
 * Run alone: `npx tsx bench/history.ts`.
 */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { UnstructuredClient } from '../src';
import { FakeUnstructured } from '../src/testing';
import { ACTION_RULE } from './history/actions';
import { measureCost, costPerCheck, type Cost } from './history/cost';
import { defaultHour, fixedHour, type Hour } from './history/hours';
import { NAIVE_LOOP, OURS, expectResult, RETRIED_ACTIVITY, type Pattern } from './support/patterns';
import { print, type Report, type Table } from './report';
import { activitiesOver } from './support/activities';
import { benchBundle } from './support/bundle';
import { withServer } from './support/servers';

const QUEUE = 'history';
const INPUT_FILES = 10;
const NODES = 4;
const GAP_MS = 1_000;
const FEW = 5;
const MANY = 20;

export async function run(): Promise<Report> {
  const patterns = [OURS, NAIVE_LOOP, RETRIED_ACTIVITY];
  const [ours, naive, retried] = (await withServer('dev', (env) => costs(env, patterns))) as [Cost, Cost, Cost];
  return {
    name: 'history',
    tables: [
      {
        title: `per check of a job with ${INPUT_FILES * NODES} output node files`,
        rows: [ours, naive, retried].map((cost, i) => ({
          pattern: patterns[i]!.name,
          events: cost.events,
          'history, bytes': cost.bytes,
          'of them payloads': cost.payloadBytes,
          'billed actions': cost.actions,
        })),
      },
      { title: 'per hour of waiting, at the gaps that each pattern has by default', rows: hours(ours, naive, retried) },
    ],
    goals: [
      {
        what: 'history bytes per check ÷ those of the naive timer loop',
        value: ours.bytes / naive.bytes,
        atMost: 1 / 3,
      },
      {
        what: 'history events per check ÷ those of the naive timer loop',
        value: ours.events / naive.events,
        atMost: 1,
      },
    ],
    notes: [
      `Measured as the difference between a wait with ${MANY} checks and one with ${FEW}, so that fixed costs fall out.`,
      "Ours does not ask which documents failed (failedFiles: 'off'), since the others don't: that would be 8 events once, after COMPLETED.",
      'Payloads: bytes of inputs, results and summaries, before any codec.',
      ACTION_RULE,
      'The workflow start (1 action) is left out of the hours, and so is our continue-as-new: 1 action in about 360 checks.',
      'Lag: age of a completion at a random moment of the hour when it is noticed, on average.',
    ],
  };
}

async function costs(env: TestWorkflowEnvironment, patterns: Pattern[]): Promise<Cost[]> {
  await using api = await FakeUnstructured.start();
  await using client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: QUEUE,
    workflowBundle: await benchBundle(),
    activities: activitiesOver(client),
  });
  const costOfWait = async (pattern: Pattern, checks: number): Promise<Cost> => {
    const timeline = [['IN_PROGRESS', { checks: checks - 1 }], ['COMPLETED']] as [string, { checks: number }][];
    const job = api.addJob({ files: INPUT_FILES, nodes: NODES, timeline });
    const handle = await pattern.start(env.client, QUEUE, job.id, GAP_MS);
    await expectResult(pattern, handle);
    const made = api.requests.filter(({ jobId }) => jobId === job.id).length;
    if (made !== checks) throw new Error(`A wait made ${made} checks instead of ${checks}.`);
    return measureCost(await handle.fetchHistory());
  };
  return await worker.runUntil(() =>
    Promise.all(
      patterns.map(async (pattern) => {
        const [few, many] = await Promise.all([costOfWait(pattern, FEW), costOfWait(pattern, MANY)]);
        return costPerCheck(few, many, MANY - FEW);
      }),
    ),
  );
}

function hours(ours: Cost, naive: Cost, retried: Cost): Table['rows'] {
  const row = (pattern: string, { actions, events }: Cost, { checks, lagS }: Hour) => ({
    pattern,
    checks,
    'billed actions': checks * actions,
    events: checks * events,
    'lag, mean s': lagS,
  });
  return [
    row('ours, running, first hour', ours, defaultHour('IN_PROGRESS', 0)),
    row('ours, running, later', ours, defaultHour('IN_PROGRESS', 3)),
    row('ours, queued, first hour', ours, defaultHour('SCHEDULED', 0)),
    row('ours, queued, later', ours, defaultHour('SCHEDULED', 3)),
    row('naive timer loop, 10 s', naive, fixedHour(10_000)),
    row('naive timer loop, 30 s', naive, fixedHour(30_000)),
    row('activity that throws until done, 60 s', retried, fixedHour(60_000)),
  ];
}

if (require.main === module) void run().then(print);
