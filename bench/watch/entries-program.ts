/** Has the activity that watches jobs take many of them, with neither Temporal nor an API behind it, and tells what each adds to the heap. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { CompleteAsyncError } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAllActivities, type UnstructuredPort } from '../../activities/all-activities';
import { Watches } from '../../activities/watch/watches';
import { Storage } from '../../src/storage/storage';
import type { WatchJobInput } from '../../activities/types';
import type { Job } from '../../src/core/job';
import { WATCH_JOB } from '../../src/core/names';

const WARM_UP_TOKENS = 1_000;
const TICK_MS = 1_000;

/** As of a dev server: the token is a piece of the task as it came. */
const TASK_BYTES = 900;
const TOKEN_BYTES = 156;

const jobs: Pick<Job, 'id' | 'status'>[] = [];
let lists = 0;

/** Never connects: nothing is said within the time of the measurement. */
const client = new Client({ connection: Connection.lazy() });
const port = {
  listJobs: () => {
    lists++;
    return Promise.resolve({ jobs: [...jobs] });
  },
} as unknown as UnstructuredPort;
const activities = createAllActivities(() => port, new Storage(), new Watches({ tick: TICK_MS }));

/** A wait has the process hold a token. */
async function hold(): Promise<void> {
  const id = randomUUID();
  const request = {
    jobId: id,
    status: 'SCHEDULED',
    forMs: 86_400_000,
    gapMs: 10_000,
    held: { inputFileIds: digest(), outputNodeFiles: digest() },
    files: 'all',
    maxResultBytes: 1_572_864,
  } satisfies WatchJobInput;
  const info = { taskToken: randomBytes(TASK_BYTES).subarray(0, TOKEN_BYTES), heartbeatTimeoutMs: 600_000 };
  const environment = new MockActivityEnvironment(info, { client });
  const input = JSON.parse(JSON.stringify(request)) as WatchJobInput;
  const ending: unknown = await environment
    .run((given: WatchJobInput) => activities[WATCH_JOB](given), input)
    .catch((error: unknown) => error);
  if (!(ending instanceof CompleteAsyncError)) throw new Error('The activity was not left open.', { cause: ending });
  jobs.push({ id, status: request.status });
}

function digest(): string {
  return randomBytes(16).toString('base64url');
}

/** After a round in which all were looked at. */
async function heapAfterRound(): Promise<number> {
  const listsBefore = lists;
  while (lists < listsBefore + 2) await sleep(TICK_MS / 10);
  return heapBytes();
}

async function heapBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    global.gc!();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function main(tokens: number): Promise<void> {
  for (let i = 0; i < WARM_UP_TOKENS; i++) await hold();
  const before = await heapAfterRound();
  for (let i = 0; i < tokens; i++) await hold();
  process.send?.(((await heapAfterRound()) - before) / tokens);
}

process.on('disconnect', () => process.exit());
process.once('message', (tokens: number) => void main(tokens));
