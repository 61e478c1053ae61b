import { Worker } from '@temporalio/worker';
import { startAwaitJob, UnstructuredPlugin } from '../../src';
import { gapMs } from '../../src/core/wait/schedule';
import { DEFAULT_WAIT_OPTIONS } from '../../src/core/wait/options';
import { FakeUnstructured } from '../../src/testing';
import { benchBundle } from '../support/bundle';
import { withServer } from '../support/servers';
import { defaultSchedule, type Wait } from './simulated';

const QUEUE = 'schedule';

/** A check's own time is real here, in the simulation it is this at most. */
const LONGEST_CHECK_MS = 1_000;

/** A wait by the real workflow beside what the simulation allows for: from all jitter and slow checks to no jitter at all. */
export interface Validation extends Wait {
  fewest: number;
  most: number;
  longestLagMs: number;
}

export function isWithin({ checks, fewest, most, lagMs, longestLagMs: longest }: Validation): boolean {
  return checks >= fewest && checks <= most && lagMs >= 0 && lagMs <= longest;
}

/** The last gap before the end of a job with all its jitter, and a check's own time. */
export function longestLagMs(runMs: number): number {
  const latest = { phase: 'running', elapsedMs: runMs, safetyGapMs: null, soon: false, retryAfterMs: null } as const;
  return gapMs({ ...latest, random: 1 }, DEFAULT_WAIT_OPTIONS) + LONGEST_CHECK_MS;
}

/** Waits for jobs of these run times, one after the other, through the time-skipping server and real HTTP. */
export async function validate(runTimesMs: readonly number[]): Promise<Validation[]> {
  return withServer('time-skipping', async (env) => {
    await using api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: QUEUE,
      workflowBundle: await benchBundle(),
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
    });
    return await worker.runUntil(async () => {
      const waits: Validation[] = [];
      for (const runMs of runTimesMs) {
        const job = api.addJob({ startsAt: 'firstCheck', timeline: [['IN_PROGRESS', runMs], ['COMPLETED']] });
        const handle = await startAwaitJob(env.client, job.id, { taskQueue: QUEUE });
        const { wait } = await handle.result();
        const times = job.requests.filter(({ operation }) => operation === 'getJob').map(({ at }) => at);
        waits.push({
          runMs,
          checks: wait.checks,
          lagMs: times.at(-1)! - times[0]! - runMs,
          fewest: defaultSchedule(() => 1, LONGEST_CHECK_MS)(runMs).checks,
          most: defaultSchedule(() => 0)(runMs).checks,
          longestLagMs: longestLagMs(runMs),
        });
      }
      return waits;
    });
  });
}
