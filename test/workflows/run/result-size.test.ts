// A result that Temporal would not take is told before anything is fetched.
import { expect, test } from 'vitest';
import { encodedBytes } from '../../../src/core/encoded-size';
import { expectedBytes } from '../../../src/core/run/collect';
import { MAX_CARRIED_BYTES } from '../../../src/core/run/failure';
import { failureOf } from '../../support/failure-of';
import { collecting } from '../../support/parents';
import { sent, useRuns } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };

test('too many outputs fail the run, which is taken up with fewer', async () => {
  await withRuns(async ({ api, document, run, to }) => {
    api.setStartedJobs({ nodes: 100, answers: { outputNodeFiles: 'always' } });
    const documents = [await document('a.pdf')];
    const size = { maxResultBytes: 30_000 };
    const failing = run({ start, documents, outputs: { to, which: 'all' }, ...size });
    const { details, message } = await failureOf('UnstructuredOutputListTooLargeError', failing);
    expect(details).toMatchObject({ files: 'all', outputNodeFilesTotal: 100, maxBytes: 30_000 });
    expect(message).toContain("outputs.which: 'final'");
    expect(sent(api, 'downloadJobOutput')).toBe(0);

    const result = await run({ documents, outputs: { to }, resume: details.run!, ...size });
    expect(result.documents).toMatchObject([{ status: 'ok', outputs: [{ nodeId: null }] }]);
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('reasons of failed documents count for the size of a result', async () => {
  await withRuns(async ({ api, document, run, to }) => {
    api.setStartedJobs({ failedFiles: { 'locked.pdf': 'x'.repeat(4_000) } });
    const documents = [await document('a.pdf'), await document('locked.pdf')];
    const input = { start, documents, outputs: { to } };
    const { details } = await failureOf(
      'UnstructuredOutputListTooLargeError',
      run({ ...input, maxResultBytes: 8_000 }),
    );
    expect(details.bytes).toBeGreaterThan(8_000);
    expect(sent(api, 'downloadJobOutput')).toBe(0);
    const result = await run({ ...input, maxResultBytes: 10_000 });
    expect(encodedBytes(result)).toBeGreaterThan(8_000);
  });
});

test("a job's list that is too large for the wait is told by options that a run has", async () => {
  await withRuns(async ({ api, document, run, to }) => {
    api.setStartedJobs({ nodes: 100, answers: { outputNodeFiles: 'always' } });
    const input = { start, documents: [await document('a.pdf')], maxResultBytes: 6_000 };
    const failing = run({ ...input, outputs: { to, which: 'all' } });
    const { message } = await failureOf('UnstructuredOutputListTooLargeError', failing);
    expect(message).toContain("the option outputs.which: 'final' helps");
    expect(message).not.toContain('option files: ');
    expect((await run({ ...input, outputs: { to } })).documents).toMatchObject([{ status: 'ok' }]);
  });
});

test('what is expected is never less than what comes', async () => {
  await withRuns(async ({ document, run, to }) => {
    const names = ['a.pdf', 'Ünïcode – 文書.pdf', 'a b%20c.txt', `${'long'.repeat(40)}.pdf`];
    const documents = await Promise.all(names.map((name) => document(name)));
    const { documents: results, job } = await run({ start, documents, outputs: { to } });
    const files = results.map(({ fileId }) => ({ fileId: fileId!, nodeIds: [] }));
    const expected = expectedBytes({ jobId: job.id, to, files, which: 'final' });
    const actual = encodedBytes(results.flatMap(({ outputs }) => outputs));
    expect(expected).toBeGreaterThanOrEqual(actual);
    expect(expected).toBeLessThan(actual * 3);
  });
});

test('a run whose input and lists are more than continue-as-new may carry ends with its job to resume', async () => {
  await withRuns(async ({ api, startRun, to }) => {
    const begin = (text: string) => {
      const job = api.addJob({ nodes: 5_000, timeline: [['IN_PROGRESS', { checks: 8 }], ['FAILED']] });
      return startRun({
        ...{ start: { jobNodes: [{ text }] }, resume: { jobId: job.id }, outputs: { to, which: 'all' } },
        ...{ continueAsNewAfterEvents: 60, minimumGap: '10 minutes' },
      });
    };
    const large = await failureOf('UnstructuredOutputListTooLargeError', (await begin('x'.repeat(1_500_000))).result());
    const { bytes, inputBytes = 0, jobId, run } = large.details;
    expect(large.details).toMatchObject({ maxBytes: MAX_CARRIED_BYTES, outputNodeFilesTotal: 5_000, files: 'all' });
    expect(large.message).toMatch(
      /can't continue as new: .* a shorter input or the option outputs\.which: 'final' helps$/,
    );
    expect(run).toMatchObject({ jobId });

    // Times and counts in the state differ by some digits.
    const [room, some] = [1_500_000 + MAX_CARRIED_BYTES - bytes, 200];
    expect(inputBytes).toBeGreaterThan(1_500_000);
    const justFits = await begin('x'.repeat(room - some));
    await failureOf('UnstructuredJobFailedError', justFits.result());
    expect((await justFits.describe()).runId).not.toBe(justFits.firstExecutionRunId);
    const justDoesNot = await begin('x'.repeat(room + some));
    await failureOf('UnstructuredOutputListTooLargeError', justDoesNot.result());
    expect((await justDoesNot.describe()).runId).toBe(justDoesNot.firstExecutionRunId);
  });
});

test('an answer that is too large is refused by name before anything is asked', async () => {
  await withRuns(async ({ api, env, to }) => {
    const files = Array.from({ length: 10_000 }, (_, index) => ({ fileId: `${index}.pdf`, nodeIds: [] }));
    const request = { jobId: api.addJob().id, files, which: 'final' as const, to };
    const parent = env.client.workflow.execute(collecting, { workflowId: 'many', taskQueue: QUEUE, args: [request] });
    const { message } = await failureOf('UnstructuredValidationError', parent);
    expect(message).toMatch(
      /^Option files names 10000 outputs, whose answer would be about \d+ bytes; at most 1900000 fit/,
    );
    expect(api.requests).toEqual([]);
  });
});
