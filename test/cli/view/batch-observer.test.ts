// What a batch and its jobs retry is found among their activities, now and then; what waits by retries is no failure.
import { expect, test } from 'vitest';
import type { RunJobsHandle } from '../../../src/client/start-run-jobs';
import { BatchObserver } from '../../../src/cli/view/batch-observer';
import { JOIN_RUN, WATCH_JOB } from '../../../src/core/names';

interface Pending {
  activityType: { name: string };
  attempt: number;
  lastFailure?: { message: string; applicationFailureInfo?: { type: string } };
}

const failing = (name: string, type = 'UnstructuredStorageError'): Pending => ({
  activityType: { name },
  attempt: 3,
  lastFailure: { message: `${name} failed`, applicationFailureInfo: { type } },
});

/** A batch `b` with these activities under way, by the id of the workflow. */
function batchOf(pending: Record<string, Pending[] | Error>) {
  const described: string[] = [];
  const keys = Object.keys(pending).filter((key) => key !== 'b');
  const describe = (id: string) => {
    described.push(id);
    const activities = pending[id] ?? [];
    if (activities instanceof Error) return Promise.reject(activities);
    return Promise.resolve({ raw: { pendingActivities: activities } });
  };
  const handle = {
    workflowId: 'b',
    query: () => Promise.resolve({ running: keys.map((key, part) => ({ part, key, since: '' })) }),
    client: {
      connection: { withDeadline: (_: number, call: () => unknown) => call() },
      getHandle: (id: string) => ({ describe: () => describe(id) }),
    },
  };
  return { observer: new BatchObserver(handle as unknown as RunJobsHandle), described };
}

test('a batch says what it retries itself', async () => {
  const { observer } = batchOf({ b: [failing('unstructured.planJobs')] });
  expect((await observer.look(0)).retrying).toEqual({
    key: 'b',
    attempt: 3,
    type: 'UnstructuredStorageError',
    message: 'unstructured.planJobs failed',
  });
});

test('or else what its running jobs retry, but for what waits by retries', async () => {
  const { observer } = batchOf({
    b: [{ activityType: { name: 'x' }, attempt: 1 }],
    'b/1': [failing(WATCH_JOB), failing(JOIN_RUN)],
    'b/2': new Error('cannot be read'),
    'b/3': [failing(WATCH_JOB), failing('unstructured.collectJobOutputs')],
  });
  expect((await observer.look(0)).retrying).toBeNull(); // its jobs are not known yet
  expect((await observer.look(10_000)).retrying).toMatchObject({ key: 'b/3' });
});

test('looks at the workflows now and then, and at no more jobs than are shown', async () => {
  const jobs = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`b/${n}`, [failing('a')]]));
  const { observer, described } = batchOf({ b: [], ...jobs });
  for (let now = 0; now < 20_000; now += 400) await observer.look(now);
  expect(described.filter((id) => id === 'b')).toHaveLength(2);
  expect(described).toHaveLength(2 + 8);
  expect((await observer.look(19_999)).retrying).toMatchObject({ key: 'b/0' });
});
