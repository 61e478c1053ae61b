// Input that is wrong fails at once with a message that names the option and the value, and asks the API nothing.
import { expect, test, vi } from 'vitest';
import { UnstructuredValidationError } from '../../../src';
import { AWAIT_JOB_COMPLETION } from '../../../src/core/names';
import { failureOf } from '../../support/failure-of';
import { eventsOf, type HistoryEvent } from '../../support/histories';
import { QUEUE, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const jobId = '3f2b8c1e-1d4a-4c8b-9a51-2f6b1c0d7e9f';

const BAD: [input: unknown, message: RegExp][] = [
  [undefined, /^The input of a wait must be an object with a jobId; got undefined/],
  [null, /must be an object with a jobId; got null/],
  ['a text', /must be an object with a jobId; got "a text"/],
  [{}, /^Option jobId must be a uuid; got undefined/],
  [{ jobId: '../jobs' }, /^Option jobId must be a uuid; got "..\/jobs"\.$/],
  [{ jobId: 7 }, /^Option jobId must be a uuid; got 7\.$/],
  [{ jobId, runlimit: '1 hour' }, /^Unknown option runlimit\; known are files, .*runLimit/],
  [{ jobId, files: 'last' }, /^Option files must be 'all', 'final' or 'none'; got "last"\.$/],
  [{ jobId, runLimit: 'an hour' }, /^Option runLimit must be a duration of at least 1 s .*; got "an hour"\.$/],
  [{ jobId, queueLimit: -1 }, /^Option queueLimit must be a duration/],
  [{ jobId, totalLimit: 0 }, /^Option totalLimit must be a duration .*; got 0\.$/],
  [{ jobId, minimumGap: '10ms' }, /^Option minimumGap must be a duration of at least 1 s/],
  [{ jobId, maximumGap: '5s' }, /^Option maximumGap \(5000 ms\) must not be shorter than minimumGap \(10000 ms\)\.$/],
  [{ jobId, safetyGap: { hours: 1 } }, /^Option safetyGap must be a duration .*; got \{"hours":1\}\.$/],
  [{ jobId, gapFraction: 0 }, /^Option gapFraction must be a number above 0 and at most 1; got 0\.$/],
  [{ jobId, gapJitter: 2 }, /^Option gapJitter must be a number from 0 to 1; got 2\.$/],
  [{ jobId, outageBudget: '11 years' }, /^Option outageBudget must be a duration and at most 3650 days/],
  [{ jobId, maxResultBytes: 10 }, /^Option maxResultBytes must be a whole number from 1024/],
  [
    { jobId, continueAsNewAfterEvents: 1.5 },
    /^Option continueAsNewAfterEvents must be a whole number from 50 to 50000/,
  ],
  [{ jobId, account: '' }, /^Option account must be a string that is not empty; got ""\.$/],
  [{ jobId, activityTaskQueue: 7 }, /^Option activityTaskQueue must be a string that is not empty; got 7\.$/],
  [{ jobId, knownFiles: [{ fileId: 'a' }] }, /^Option knownFiles must be a list of \{ nodeId, fileId \}/],
  [{ jobId, version: 2 }, /^The version of the input is 2, which this worker does not know; it knows 1\./],
  [{ jobId, continued: { version: 1 } }, /^Option continued is for the workflow itself/],
  [{ jobId, continued: {} }, /^Option continued is for the workflow itself, which gives it a version; got \{\}\.$/],
  [{ jobId, continued: [] }, /^Option continued is for the workflow itself, .*; got \[\]\.$/],
  [{ jobId, continued: { version: 1, options: {}, state: {} } }, /^Option continued is for the workflow itself/],
];

test('the workflow refuses each kind of wrong input', async () => {
  await withWorker(async ({ env, api }) => {
    for (const [index, [input, message]] of BAD.entries()) {
      const options = { workflowId: `bad-${index}`, taskQueue: QUEUE, args: input === undefined ? [] : [input] };
      const run = env.client.workflow.execute(AWAIT_JOB_COMPLETION, options);
      const failure = await failureOf('UnstructuredValidationError', run);
      expect(failure.message).toMatch(message);
      expect(failure.details).toEqual({ kind: 'validation' });
      expect(failure.cause.nonRetryable).toBe(true);
    }
    expect(api.requests).toEqual([]);
  });
});

test('what a newer worker carried over ends nothing: the task is tried again until such a worker takes it', async () => {
  await withWorker(async ({ env, api }) => {
    const args = [{ jobId, continued: { version: 2, options: {}, state: {} } }];
    const options = { workflowId: 'rolled-back', taskQueue: QUEUE, args };
    const handle = await env.client.workflow.start(AWAIT_JOB_COMPLETION, options);
    const failed = (events: HistoryEvent[]) => events.find((event) => event.workflowTaskFailedEventAttributes);
    const event = await vi.waitFor(async () => failed(await eventsOf(handle)) ?? expect.fail('no task failed yet'), {
      timeout: 30_000,
    });
    expect(event.workflowTaskFailedEventAttributes?.failure?.message).toMatch(
      /^The version of the carried state is 2,/,
    );
    expect((await handle.describe()).status.name).toBe('RUNNING');
    expect(api.requests).toEqual([]);
    await handle.terminate();
  });
});

test('a client learns of it before anything is started', async () => {
  await withWorker(async ({ start }) => {
    const wrong = { id: 'no-uuid' };
    await expect(start(wrong)).rejects.toThrow(UnstructuredValidationError);
    await expect(start({ id: jobId }, { runLimit: 'an hour' as never })).rejects.toThrow(/^Option runLimit must be/);
  });
});

test('an account that the worker does not know fails with the known ones', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const wait = waitFor(api.addJob(), { account: 'eu-prod' });
    const { message } = await failureOf('UnstructuredValidationError', wait);
    expect(message).toBe('Unknown account "eu-prod". Accounts of this worker: default.');
    expect(api.requests).toEqual([]);
  });
});

test('undefined and null count as not given, and a job id may be in capitals', async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob();
    const input = { jobId: job.id.toUpperCase(), account: null, runLimit: null, files: null, knownFiles: null };
    const options = { workflowId: 'nulls', taskQueue: QUEUE, args: [input] };
    const result: unknown = await env.client.workflow.execute(AWAIT_JOB_COMPLETION, options);
    expect(result).toMatchObject({ job: { id: job.id, status: 'COMPLETED' } });
  });
});
