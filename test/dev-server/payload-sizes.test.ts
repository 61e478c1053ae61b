// A list of files that no payload can hold ends a wait with a typed failure, where a naive activity loses its error or loops in silence.
import { ActivityFailure, ServerFailure, TimeoutFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { UnstructuredClient } from '../../src';
import { encodedBytes } from '../../src/core/encoded-size';
import { DEFAULT_WAIT_OPTIONS } from '../../src/core/wait/options';
import type { FakeJob, JobSpec } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { type Setup, useDevServer } from './support/dev-server';
import { naive } from './support/workflows';

const MB = 1024 * 1024;
const OVER_2_MB: JobSpec = { files: 5_000, nodes: 4 };
const OVER_4_MB: JobSpec = { files: 10_000, nodes: 4 };
const { withApi, withWorker } = useDevServer();

/** Returns the whole job from an activity, as the API gives it, and says how that ended. */
async function naively({ api, client, queue, startWorker }: Setup, job: FakeJob) {
  await using unstructured = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const seen = { attempts: 0, bytes: 0 };
  const wholeJob = async (jobId: string) => {
    seen.attempts++;
    const whole = await unstructured.getJob(jobId);
    seen.bytes = encodedBytes(whole);
    return whole;
  };
  await startWorker({ plugins: [], activities: { wholeJob } });
  const options = { workflowId: `naive-${job.id}`, taskQueue: queue, args: ['wholeJob', job.id] as [string, string] };
  const error: unknown = await client.workflow.execute(naive, options).catch((reason: unknown) => reason);
  const failure = (error as Error).cause as ActivityFailure;
  expect(failure).toBeInstanceOf(ActivityFailure);
  return { ...seen, cause: failure.cause };
}

test('the trap: above 2 MB the server fails a naive activity with an error of its own', async () => {
  await withApi(async (setup) => {
    const { attempts, bytes, cause } = await naively(setup, setup.api.addJob(OVER_2_MB));
    expect(bytes).toBeGreaterThan(2 * MB);
    expect(bytes).toBeLessThan(4 * MB);
    expect(cause).toBeInstanceOf(ServerFailure);
    expect(cause?.message).toBe('Complete result exceeds size limit.');
    expect(attempts).toBe(1);
  });
});

test('the trap: above 4 MB a naive activity is repeated until its time is over, and no error tells why', async () => {
  await withApi(async (setup) => {
    const { attempts, bytes, cause } = await naively(setup, setup.api.addJob(OVER_4_MB));
    expect(bytes).toBeGreaterThan(4 * MB);
    expect(cause).toBeInstanceOf(TimeoutFailure);
    expect(attempts).toBeGreaterThan(1);
  });
});

test.each([
  ['2 MB', OVER_2_MB],
  ['4 MB', OVER_4_MB],
])('above %s, a wait ends with a typed failure that carries the job, after one request', async (_, spec) => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob(spec);
    const failure = await failureOf('UnstructuredOutputListTooLargeError', (await start(job)).result());
    expect(failure.message).toContain("files: 'final' or 'none'");
    expect(failure.details).toMatchObject({
      jobId: job.id,
      job: { status: 'COMPLETED' },
      files: 'all',
      maxBytes: DEFAULT_WAIT_OPTIONS.maxResultBytes,
      outputNodeFilesTotal: job.fileIds.length * 4,
    });
    expect(job.checks).toBe(1);
  });
});

test('the option files makes the result small enough', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob(OVER_2_MB);
    const final = await (await start(job, { files: 'final' })).result();
    expect(final.outputNodeFiles.map(({ fileId }) => fileId)).toEqual(job.fileIds);
    const none = await (await start(job, { files: 'none' })).result();
    expect(none).toMatchObject({ outputNodeFiles: [], outputNodeFilesTotal: job.fileIds.length * 4 });
  });
});

test('a result just below the bound passes', async () => {
  await withWorker(async ({ api, start }) => {
    const bound = DEFAULT_WAIT_OPTIONS.maxResultBytes;
    const entry = (n: number) => ({ fileId: `${String(n).padStart(226, '-')}.pdf` });
    const sizeOf = (count: number) =>
      start(api.addJob({ files: Array.from({ length: count }, (__, n) => entry(n)), nodes: 1 })).then((h) =>
        h.result(),
      );
    const result = await sizeOf(Math.floor((bound - 8_192) / 580));
    expect(encodedBytes(result)).toBeLessThanOrEqual(bound);
    expect(encodedBytes(result)).toBeGreaterThan(0.98 * bound);
  });
});

test('a list known at the start that is too large ends the wait as well', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ answers: { outputNodeFiles: 'null' } });
    const nodeId = job.nodeIds[0]!;
    const knownFiles = Array.from({ length: 1_800 }, (_, n) => ({ nodeId, fileId: `${n}-${'x'.repeat(900)}.pdf` }));
    expect(encodedBytes(knownFiles)).toBeLessThan(2 * MB);
    const handle = await start(job, { knownFiles });
    const { details } = await failureOf('UnstructuredOutputListTooLargeError', handle.result());
    expect(details).toMatchObject({ jobId: job.id, outputNodeFilesTotal: 1_800 });
  });
});
