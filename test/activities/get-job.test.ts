// The getJob activity turns what the client throws into what Temporal understands, and ends its request before Temporal ends the attempt.
import { type ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createGetJob, type GetJobInput, type GetJobPort } from '../../activities';
import { type ApiErrorDetails, createUnstructuredError } from '../../src/core/errors';
import type { Job } from '../../src/core/job';
import { LONGEST_PAUSE_MS } from '../../src/core/retry-timing';
import { quiet } from '../support/logs';

const JOB_ID = '0b3f4f6e-3a6f-4a53-9f3e-0c8e0e3d6f52';

/** The failure that a client's error becomes. */
async function failureOf(details: ApiErrorDetails, attempt = 1): Promise<ApplicationFailure> {
  const port: GetJobPort = { getJob: () => Promise.reject(createUnstructuredError('it failed', details)) };
  const env = new MockActivityEnvironment({ attempt }, { logger: quiet });
  return env
    .run(
      createGetJob(() => port, { random: () => 0.5 }),
      { jobId: JOB_ID },
    )
    .then(
      () => expect.unreachable(),
      (error: unknown) => error as ApplicationFailure,
    );
}

/** The time that the client gets for its request. */
async function requestTimeout(
  info: ConstructorParameters<typeof MockActivityEnvironment>[0],
): Promise<number | undefined> {
  let given: number | undefined;
  const port: GetJobPort = {
    getJob: (_, options) => {
      given = options?.timeoutMs;
      return Promise.reject(new Error('enough'));
    },
  };
  await new MockActivityEnvironment(info, { logger: quiet })
    .run(
      createGetJob(() => port),
      { jobId: JOB_ID },
    )
    .catch(() => undefined);
  return given;
}

test('an error that may pass is retried after a delay that doubles, with jitter', async () => {
  expect(await failureOf({ kind: 'server' })).toMatchObject({
    type: 'UnstructuredServerError',
    nonRetryable: false,
    nextRetryDelay: 1_250,
  });
  expect((await failureOf({ kind: 'server' }, 3)).nextRetryDelay).toBe(5_000);
});

test('a hint of the service sets the delay, within bounds', async () => {
  expect((await failureOf({ kind: 'rateLimit', retryAfterMs: 7_000 })).nextRetryDelay).toBe(7_350);
  expect((await failureOf({ kind: 'rateLimit', retryAfterMs: 0 })).nextRetryDelay).toBe(1_050);
});

test('whether a check inside a wait pauses for a hint goes by the hint alone, and not by chance', async () => {
  const retryAfterMs = LONGEST_PAUSE_MS;
  const port: GetJobPort = {
    getJob: () => Promise.reject(createUnstructuredError('slow down', { kind: 'rateLimit', retryAfterMs })),
  };
  const check = { jobId: JOB_ID, held: {}, files: 'all', maxResultBytes: 1_000 } as const;
  const failure = new MockActivityEnvironment({}, { logger: quiet }).run(
    createGetJob(() => port, { random: () => 1 }),
    check,
  );
  await expect(failure).rejects.toMatchObject({ nonRetryable: false, nextRetryDelay: 1.1 * LONGEST_PAUSE_MS });
});

test('a long pause that the service asks for ends a check inside a wait, which shows it and waits', async () => {
  const port: GetJobPort = {
    getJob: () => Promise.reject(createUnstructuredError('slow down', { kind: 'rateLimit', retryAfterMs: 200_000 })),
  };
  const check = { jobId: JOB_ID, held: {}, files: 'all', maxResultBytes: 1_000 } as const;
  const failure = new MockActivityEnvironment({}, { logger: quiet }).run(
    createGetJob(() => port),
    check,
  );
  await expect(failure).rejects.toMatchObject({ type: 'UnstructuredRateLimitError', nonRetryable: true });
  expect((await failureOf({ kind: 'rateLimit', retryAfterMs: 200_000 })).nonRetryable).toBe(false);
});

test('an error that will not pass is not retried', async () => {
  const failure = await failureOf({ kind: 'authentication', status: 401 });
  expect(failure).toMatchObject({ type: 'UnstructuredAuthenticationError', nonRetryable: true });
  expect(failure.details).toEqual([{ kind: 'authentication', status: 401 }]);
});

test.each([
  ['a bare id', JOB_ID, `got "${JOB_ID}"`],
  ['nothing', undefined, 'got undefined'],
  ['null', null, 'got null'],
  ['a list', [JOB_ID], `got ["${JOB_ID}"]`],
])('an input that is %s is refused for good', async (_, input, got) => {
  const activity = createGetJob(() => ({ getJob: () => expect.unreachable() })) as (input: unknown) => Promise<unknown>;
  await expect(new MockActivityEnvironment({}, { logger: quiet }).run(activity, input)).rejects.toMatchObject({
    type: 'UnstructuredValidationError',
    message: `The input of getJob must be an object; ${got}.`,
    nonRetryable: true,
  });
});

const outputNodeFiles = ['a', 'b'].flatMap((fileId) => ['1', '2'].map((nodeId) => ({ fileId, nodeId })));
const job: Job = {
  ...{ id: JOB_ID, workflowId: null, workflowName: null, status: 'COMPLETED', createdAt: null, runtime: null },
  ...{ jobType: null, inputFileIds: ['a', 'b'], outputNodeFiles },
};

/** Asks for this job as somebody's own workflow does. */
function ask(input: Partial<Record<keyof GetJobInput, unknown>> = {}, found = job): Promise<Job> {
  const activity = createGetJob(() => ({ getJob: () => Promise.resolve(found) }));
  return new MockActivityEnvironment({}, { logger: quiet }).run(activity as (input: unknown) => Promise<Job>, {
    jobId: JOB_ID,
    ...input,
  });
}

test('a direct call gets everything, or of the lists what it asks for', async () => {
  expect(await ask()).toEqual(job);
  expect(await ask({ account: null, files: null, maxResultBytes: null })).toEqual(job);
  const final = outputNodeFiles.filter(({ nodeId }) => nodeId === '2');
  expect(await ask({ files: 'final' })).toEqual({ ...job, outputNodeFiles: final });
  expect(await ask({ files: 'none' })).toEqual({ ...job, inputFileIds: null, outputNodeFiles: [] });
  expect(await ask({ files: 'final' }, { ...job, outputNodeFiles: null })).toEqual({ ...job, outputNodeFiles: null });
});

test('an answer larger than a direct call may return is a failure that its own options help against', async () => {
  const many = {
    ...job,
    outputNodeFiles: Array.from({ length: 40_000 }, () => ({ fileId: 'a', nodeId: '1'.repeat(36) })),
  };
  await expect(ask({}, many)).rejects.toMatchObject({
    type: 'UnstructuredOutputListTooLargeError',
    message: expect.stringContaining("the option files: 'final' or 'none' helps") as unknown,
    nonRetryable: true,
    details: [{ jobId: JOB_ID, files: 'all', maxBytes: 1_572_864, outputNodeFilesTotal: 40_000 }],
  });
  expect((await ask({ files: 'final' }, many)).outputNodeFiles).toHaveLength(1);
  expect((await ask({ maxResultBytes: 4_000_000 }, many)).outputNodeFiles).toHaveLength(40_000);
});

test.each([
  [{ files: 'last' }, "Option files must be 'all', 'final' or 'none'; got \"last\"."],
  [{ maxResultBytes: 0 }, 'Option maxResultBytes must be a whole number from 1024'],
])('an option that is wrong is refused for good: %j', async (input, message) => {
  await expect(ask(input)).rejects.toMatchObject({
    type: 'UnstructuredValidationError',
    message: expect.stringContaining(message) as unknown,
    nonRetryable: true,
  });
});

test('a cancellation stays a cancellation', async () => {
  const env = new MockActivityEnvironment({}, { logger: quiet });
  const port: GetJobPort = {
    getJob: (_, options) =>
      new Promise((_resolve, reject) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason));
        env.cancel();
      }),
  };
  await expect(
    env.run(
      createGetJob(() => port),
      { jobId: JOB_ID },
    ),
  ).rejects.toBeInstanceOf(CancelledFailure);
});

test('a request ends a second before its attempt', async () => {
  expect(await requestTimeout({ startToCloseTimeoutMs: 20_000, scheduleToCloseTimeoutMs: 600_000 })).toBe(19_000);
});

test('a late attempt ends before the time of all attempts is over, so that its typed error is not lost', async () => {
  const times = { scheduledTimestampMs: 100_000, currentAttemptScheduledTimestampMs: 118_000 };
  const info = { startToCloseTimeoutMs: 20_000, scheduleToCloseTimeoutMs: 30_000, ...times };
  expect(await requestTimeout(info)).toBe(11_000);
});

test.each([
  [{ startToCloseTimeoutMs: 20_000, scheduleToCloseTimeoutMs: 0 }, 19_000],
  [{ startToCloseTimeoutMs: 0, scheduleToCloseTimeoutMs: 30_000 }, 29_000],
])('a time-out that is not set, which some servers tell as 0, bounds nothing: %j', async (info, expected) => {
  expect(await requestTimeout(info)).toBe(expected);
});

test('it heartbeats while it waits, and no more afterwards', async () => {
  let beats = 0;
  let answer: (job: Job) => void = () => undefined;
  const port: GetJobPort = { getJob: () => new Promise((resolve) => (answer = resolve)) };
  const env = new MockActivityEnvironment({ heartbeatTimeoutMs: 30 }, { logger: quiet });
  env.on('heartbeat', () => {
    beats++;
    if (beats === 3) answer(job);
  });
  const asked = env.run(
    createGetJob(() => port),
    { jobId: JOB_ID },
  );
  expect(await asked).toEqual(job);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(beats).toBe(3);
});
