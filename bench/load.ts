/**
 * Many waits at once on a dev server in memory, beside as many naive timer loops that make the same number of checks.
 * Run alone: `npx tsx bench/load.ts`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryPerWait } from './load/memory';
import type { Place } from './load/side';
import { throughput } from './load/throughput';
import { print, type Report } from './report';
import { benchBundle } from './support/bundle';
import { NAIVE_LOOP, OURS } from './support/patterns';
import { withServer } from './support/servers';
import { median } from './support/statistics';

const WAITS = 1_000;
const ROUNDS = 5;
const CHECKS = 3;
const ACTIVITY_SLOTS = 100;

export interface LoadOptions {
  /** Waits at once. @default 1000 */
  waits?: number;
  /** How often each side takes its turn. @default 5 */
  rounds?: number;
}

export async function run({ waits = WAITS, rounds: count = ROUNDS }: LoadOptions = {}): Promise<Report> {
  const patterns = { ours: OURS, naive: NAIVE_LOOP };
  const rounds = await withPlace((place) => throughput(place, patterns, { waits, checks: CHECKS, rounds: count }));
  const memory = {
    ours: await withPlace((place) => memoryPerWait(OURS, place, waits)),
    naive: await withPlace((place) => memoryPerWait(NAIVE_LOOP, place, waits)),
  };
  const ratio = median(rounds.map(({ ours, naive }) => ours / naive));
  const row = (side: 'ours' | 'naive') => ({
    pattern: patterns[side].name,
    'checks/s, median': median(rounds.map((round) => round[side])),
    ...Object.fromEntries(rounds.map((round, i) => [`round ${i + 1}`, round[side]])),
    'worker memory per wait, KiB': memory[side] / 1_024,
  });
  return {
    name: 'load',
    tables: [{ title: `${waits} waits at once, ${CHECKS} checks each, 1 s apart`, rows: [row('naive'), row('ours')] }],
    goals: [
      {
        what: 'throughput ÷ that of the naive timer loop, median of the rounds',
        value: ratio,
        atLeast: 0.9,
        isReduced: waits < WAITS || count < ROUNDS,
      },
    ],
    notes: [
      `Dev server in memory; each side has a worker of its own with ${ACTIVITY_SLOTS} activity slots; both ask the same port inside the worker.`,
      'Time: from the first start to the last result. The two sides take turns, in changing order.',
      "Ours does not ask which documents failed (failedFiles: 'off'): the naive loop makes no such call.",
      'Memory: growth of the resident set of a fresh worker with all waits asleep; garbage that is not yet collected counts.',
    ],
  };
}

/** Runs `fn` with a dev server of its own. */
async function withPlace<T>(fn: (place: Place) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-load-'));
  try {
    const codePath = join(folder, 'workflows.js');
    await writeFile(codePath, (await benchBundle()).code);
    return await withServer('dev', ({ client, address }) =>
      fn({ client, address, codePath, activitySlots: ACTIVITY_SLOTS }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (require.main === module) void run().then(print);
