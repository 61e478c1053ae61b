// A result that Temporal would not take is a typed failure that says which setting helps.
import { expect, test } from 'vitest';
import { encodedBytes } from '../../../src/core/encoded-size';
import { failureOf } from '../../support/failure-of';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const maxResultBytes = 20_000;

test('a list beyond maxResultBytes fails with the job, the size and the help', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ files: 100, nodes: 4 });
    const { details, message } = await failureOf(
      'UnstructuredOutputListTooLargeError',
      waitFor(job, { maxResultBytes }),
    );
    expect(details).toMatchObject({
      jobId: job.id,
      job: { id: job.id },
      maxBytes: maxResultBytes,
      files: 'all',
      outputNodeFilesTotal: 400,
    });
    expect(details.bytes).toBeGreaterThan(maxResultBytes);
    expect(message).toContain("files: 'final' or 'none'");
    expect(job.checks).toBe(1);
  });
});

test('the setting that the message names helps', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ files: 80, nodes: 4 });
    const final = await waitFor(job, { maxResultBytes: 30_000, files: 'final' });
    expect(final.outputNodeFiles).toHaveLength(80);

    const tooMany = await failureOf(
      'UnstructuredOutputListTooLargeError',
      waitFor(job, { maxResultBytes: 8_000, files: 'final' }),
    );
    expect(tooMany.message).toContain("the option files: 'none' helps");
    expect((await waitFor(job, { maxResultBytes: 8_000, files: 'none' })).outputNodeFiles).toEqual([]);
  });
});

test('the whole result counts, also where the list came in an earlier run of checks', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const knownFiles = Array.from({ length: 300 }, (_, index) => ({
      nodeId: `node-${index}`,
      fileId: `${index}`.repeat(20),
    }));
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']],
      answers: { outputNodeFiles: 'absent', inputFileIds: 'absent' },
    });
    const { details } = await failureOf(
      'UnstructuredOutputListTooLargeError',
      waitFor(job, { ...RARELY, maxResultBytes, knownFiles }),
    );
    expect(details).toMatchObject({ job: { status: 'COMPLETED' }, outputNodeFilesTotal: 300 });
  });
});

test('a result of 1.5 MiB passes, and one above it is refused before Temporal would', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const { outputNodeFiles } = await waitFor(api.addJob({ files: 7_000, nodes: 1 }), RARELY);
    expect(outputNodeFiles).toHaveLength(7_000);
    const { details } = await failureOf(
      'UnstructuredOutputListTooLargeError',
      waitFor(api.addJob({ files: 12_000, nodes: 1 }), RARELY),
    );
    expect(details.maxBytes).toBe(1.5 * 1024 * 1024);
  });
});

test('a result that would be too large ends the wait as soon as its lists are there, not when the job ends', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const result = await waitFor(api.addJob({ files: 50, nodes: 1 }), { failedFiles: 'off' });
    const job = api.addJob({ files: 50, nodes: 1, timeline: [['IN_PROGRESS', '5h'], ['COMPLETED']] });
    const options = { failedFiles: 'off' as const, maxResultBytes: encodedBytes(result) - 30 }; // what one check brings is smaller
    const { details } = await failureOf('UnstructuredOutputListTooLargeError', waitFor(job, options));
    expect(details.job.status).toBe('IN_PROGRESS');
    expect(job.checks).toBe(1);
  });
});
