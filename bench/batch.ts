/**
 * A batch beside the loop that people write by hand: `Promise.all` over chunks of documents. Then what it costs with ten times the documents,
 * what a later batch pays that finds three new ones, and the listing beside the paginator of the SDK of AWS.
 * Run alone: `npx tsx bench/batch.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatchBench, type BatchCost, type BatchSize, withBatchBench } from './batch/bench';
import { measureListing } from './batch/listing';
import { print, type Goal, type Report, type Table } from './report';

const PER_JOB = 10;
const JOB_MS = 20_000;
const NEW_DOCUMENTS = 3;
/** With which the goals are set. */
const FULL = { documents: 1_000, large: 10_000 };

export interface BatchBenchOptions {
  /** Documents of the larger batch; the smaller one has a tenth of it, and the one beside the loop 1,000 at most. @default 1,000 */
  documents?: number | undefined;
}

type Part = Pick<Report, 'tables' | 'goals'>;

export async function run({ documents = FULL.documents }: BatchBenchOptions = {}): Promise<Report> {
  const parts = [
    await besideLoop(Math.min(documents, FULL.documents)),
    await tenTimes(documents),
    toListing(await measureListing()),
  ];
  return {
    name: 'batch',
    tables: parts.flatMap(({ tables }) => tables),
    goals: parts.flatMap(({ goals }) => goals),
    notes: [
      `Jobs of ${PER_JOB} documents on the fake API, each ${JOB_MS / 1_000} s long, on a dev server.`,
      'Beside the loop: both at the same time, each with a worker process and an API of its own; a check each second. Overhead: the time beyond that of the jobs, which are run in as many rows as run at a time.',
      'Events a job: what each job adds to the history of the parent, beside that of a batch of one job.',
      'The loop by hand knows the documents already; a batch lists them, and writes a plan and a manifest.',
      'Ten times the documents: 25 jobs at a time, as far as the distance of starts allows; a check every 5 s, so that the machine keeps up. Memory: the peak of the resident set of a fresh worker, sampled every 10 ms, above what it was when the process was idle. Each of its threads collects its garbage every 2 s.',
      'All outputs but those of the loop and of single jobs are named by a template. Watched: a round every 10 s, so a job of 20 s ends up to half its length later.',
      'Listing: 100,000 keys in pages of 1,000 from a server on loopback; median of 7 turns.',
    ],
  };
}

/** The same documents by both, at the same time. */
async function besideLoop(documents: number): Promise<Part> {
  const size: BatchSize = { documents, perJob: PER_JOB, parallel: 5, jobMs: JOB_MS, checkMs: 1_000 };
  const isReduced = documents < FULL.documents;
  return withBench(size, async (bench) => {
    const single = await bench.runBatch('single', { first: 1 });
    const loopRun = bench.runLoop().catch((error: unknown) => error as Error);
    const ours = await bench.runBatch('whole').finally(() => loopRun);
    const loop = await loopRun;
    if (loop instanceof Error) throw loop;
    const eventsPerJob = (ours.parentEvents - single.parentEvents) / (ours.jobs - single.jobs);
    return {
      tables: [
        {
          title: `${documents} documents in ${ours.jobs} jobs, ${size.parallel} at a time`,
          rows: [toRow('loop by hand', loop), toRow('runJobs', ours)],
        },
      ],
      goals: [
        { what: 'batch: time beyond that of the jobs', value: ours.overhead, atMost: 0.1, isReduced },
        { what: 'batch: events a job in the parent', value: eventsPerJob, atMost: 9 },
        { what: 'batch: most jobs at a time', value: ours.mostAtATime, atMost: size.parallel, isReduced },
        { what: 'batch: most jobs at a time', value: ours.mostAtATime, atLeast: size.parallel, isReduced },
      ],
    };
  });
}

/** A batch, and one of ten times the documents, each with a worker of its own; then that one once more, with a few new documents. */
async function tenTimes(documents: number): Promise<Part> {
  const size: BatchSize = { documents, perJob: PER_JOB, parallel: 25, jobMs: JOB_MS, checkMs: 5_000 };
  const few = { ...size, documents: Math.ceil(documents / 10) };
  const checked = await withBench(few, (bench) => bench.runBatch('whole'));
  const watched = await withBench({ ...few, checkMs: undefined }, (bench) => bench.runBatch('whole'));
  const [many, again] = await withBench(size, async (bench) => {
    const whole = await bench.runBatch('whole');
    return [whole, await bench.runBatch('again', { new: NEW_DOCUMENTS, unlessIn: whole.manifest })] as const;
  });
  const isReduced = documents < FULL.large;
  return {
    tables: [
      { title: 'ten times the documents', rows: [checked, many].map((cost) => toRow('runJobs', cost)) },
      {
        title: 'the smaller of them, by the schedule and by default',
        rows: [toRow('a check every 5 s', checked), toRow('watched', watched)],
      },
      {
        title: `a later batch that finds ${NEW_DOCUMENTS} new documents among ${documents}`,
        rows: [toRow('the whole again', many), toRow('unlessIn', again)],
      },
    ],
    goals: [
      {
        what: `memory of the worker with ${documents} documents ÷ with a tenth of them`,
        value: many.peakBytes / checked.peakBytes,
        atMost: 1.2,
        isReduced,
      },
      {
        what: 'events a job in the parent, ten times the documents ÷ before',
        value: many.parentEvents / many.jobs / (checked.parentEvents / checked.jobs),
        atMost: 1,
        isReduced,
      },
    ],
  };
}

function toRow(pattern: string, cost: BatchCost): Table['rows'][number] {
  const { documents, jobs, ms, overhead, mostAtATime, parentEvents, actions, calls, peakBytes } = cost;
  return {
    pattern,
    documents,
    jobs,
    s: ms / 1_000,
    'time beyond the jobs': overhead,
    'most at a time': mostAtATime,
    'events of the parent': parentEvents,
    actions,
    'API calls': calls,
    'memory above idle, MB': peakBytes / 1_000_000,
  };
}

function toListing({ keys, sdkMs, oursMs }: Awaited<ReturnType<typeof measureListing>>): Part {
  const ratio = oursMs / sdkMs;
  const goal: Goal = { what: `listing ${keys} keys ÷ the paginator alone`, value: ratio, atMost: 1.3 };
  return {
    tables: [
      {
        title: `${keys} keys listed`,
        rows: [
          { pattern: 'paginator of the SDK', ms: sdkMs, times: 1 },
          { pattern: 'listDocuments', ms: oursMs, times: ratio },
        ],
      },
    ],
    goals: [goal],
  };
}

/** A bench in a folder of its own. */
async function withBench<T>(size: BatchSize, fn: (bench: BatchBench) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-batch-'));
  try {
    return await withBatchBench(folder, size, fn);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (require.main === module) void run().then(print);
