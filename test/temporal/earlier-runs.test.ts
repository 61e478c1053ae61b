// How an earlier run of a key ended is told by its last run: one that continued as new has noted no more than it knew then.
import type { WorkflowClient } from '@temporalio/client';
import { expect, test } from 'vitest';
import { RUN_JOB } from '../../src/core/names';
import { endOfRunBefore } from '../../src/temporal/earlier-runs';

const KEY = 'nightly-7';

/** A client whose list names one earlier run, as under way, though it has ended by now. */
function clientOf(status: string): WorkflowClient {
  const run = { runId: 'earlier', startTime: new Date(0), status: { name: 'RUNNING' } };
  const handle = {
    workflowId: KEY,
    result: () => Promise.reject(new Error('it was terminated')),
    describe: () => Promise.resolve({ workflowId: KEY, type: RUN_JOB, status: { name: status }, memo: {} }),
  };
  // eslint-disable-next-line @typescript-eslint/require-await
  const list = async function* () {
    yield run;
  };
  return { list, getHandle: () => handle } as unknown as WorkflowClient;
}

test('a run that was listed before it continued as new tells nothing, and fails nobody', async () => {
  expect(await endOfRunBefore(clientOf('CONTINUED_AS_NEW'), { key: KEY, before: 'mine' })).toBeUndefined();
});

test('a run that ended without a word tells what it noted', async () => {
  const end = await endOfRunBefore(clientOf('TERMINATED'), { key: KEY, before: 'mine' });
  expect(end).toEqual({ status: 'ended', resume: null, reason: 'no run before it sent a start' });
});
