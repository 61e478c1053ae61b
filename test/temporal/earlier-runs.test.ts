// How an earlier run of a key ended is told by its last run: one that continued as new has noted no more than it knew then.
import { type WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { RUN_JOB, RUN_MEMO } from '../../src/core/names';
import { endOfRunBefore, requireRun } from '../../src/temporal/earlier-runs';

const KEY = 'nightly-7';

/** A client whose list names one earlier run, as under way, though it has ended by now. */
function clientOf(status: string, memo = {}): WorkflowClient {
  const run = { runId: 'earlier', startTime: new Date(0), status: { name: 'RUNNING' } };
  const handle = {
    workflowId: KEY,
    result: () => Promise.reject(new Error('it was terminated')),
    describe: () => Promise.resolve({ workflowId: KEY, type: RUN_JOB, status: { name: status }, memo }),
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

test('a run that ended without a result tells what it noted', async () => {
  const noted = { jobId: '9f1e0b6c-4a38-4c57-9b5e-0a4f7d3c2b11', token: 't' };
  const asked = { key: KEY, before: 'mine' };
  const end = await endOfRunBefore(clientOf('TERMINATED', { [RUN_MEMO]: noted }), asked);
  expect(end).toEqual({ status: 'ended', resume: noted, reason: 'Error: it was terminated' });
  expect(await endOfRunBefore(clientOf('TERMINATED'), asked)).toMatchObject({ resume: null });
});

test.each([
  [null, 'It is unknown whether it started a job.'],
  ['9f1e', 'It started job 9f1e: fetch its outputs by a run with resume: { jobId }.'],
])('if Temporal no longer knows a run that started job %s, the error says how to go on', async (jobId, hint) => {
  const describe = () => Promise.reject(new WorkflowNotFoundError('gone', KEY, 'earlier'));
  const client = { getHandle: () => ({ workflowId: KEY, describe }) } as unknown as WorkflowClient;
  await expect(requireRun(client, { workflowId: KEY, runId: 'earlier' }, jobId)).rejects.toMatchObject({
    type: 'UnstructuredNotFoundError',
    message: expect.stringContaining(`retention. ${hint}`) as unknown,
  });
});
