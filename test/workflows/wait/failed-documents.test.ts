// COMPLETED does not mean that every document succeeded: the result tells, or the wait fails, by policy.
import { describe, expect, test } from 'vitest';
import { checkNow, progress } from '../../../src';
import { encodedBytes } from '../../../src/core/encoded-size';
import { faults } from '../../../src/testing';
import { sample } from '../../support/breadth';
import { failureOf } from '../../support/failure-of';
import { RARELY, useTimeSkipping, type Setup } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const FILES = ['good.pdf', 'locked.pdf', 'broken.pdf'];
const failedFiles = { 'locked.pdf': 'password protected', 'broken.pdf': 'not a PDF' };
const asked = ({ api }: Setup): string[] =>
  api.requests.flatMap(({ operation }) => (operation && operation !== 'getJob' ? [operation] : []));

test('by default the result names them, with the reasons', async () => {
  await withWorker(async (setup) => {
    const { documents, documentsError, job } = await setup.waitFor(
      setup.api.addJob({ files: FILES, failedFiles }),
      RARELY,
    );
    expect(job.status).toBe('COMPLETED');
    expect(documentsError).toBeNull();
    expect(documents).toEqual({
      processingStatus: 'COMPLETED_WITH_ERRORS',
      failedFiles: Object.entries(failedFiles).map(([document, error]) => ({ document, error })),
      failedFilesTotal: 2,
    });
    expect(asked(setup)).toEqual(['getJobDetails', 'getJobFailedFiles']);
  });
});

test('a job without failed documents costs one call', async () => {
  await withWorker(async (setup) => {
    const { documents } = await setup.waitFor(setup.api.addJob({ files: FILES }), { ...RARELY, failedFiles: 'fail' });
    expect(documents).toEqual({ processingStatus: 'SUCCESS', failedFiles: [], failedFilesTotal: 0 });
    expect(asked(setup)).toEqual(['getJobDetails']);
  });
});

test("with 'fail' the wait ends as a typed failure that carries job, files and reasons", async () => {
  await withWorker(async (setup) => {
    const wait = setup.waitFor(setup.api.addJob({ files: FILES, failedFiles }), { ...RARELY, failedFiles: 'fail' });
    const { details, message } = await failureOf('UnstructuredJobPartiallyFailedError', wait);
    expect(message).toMatch(/ended COMPLETED, and 2 documents failed \(COMPLETED_WITH_ERRORS\)$/);
    expect(details).toMatchObject({
      job: { status: 'COMPLETED' },
      processingStatus: 'COMPLETED_WITH_ERRORS',
      failedFilesTotal: 2,
      outputNodeFilesTotal: 12,
      wait: { checks: 1 },
    });
    expect(details.failedFiles.map(({ error }) => error)).toEqual(Object.values(failedFiles));
  });
});

test("with 'fail' a job that tells of errors fails also where no document is named", async () => {
  await withWorker(async (setup) => {
    const { api, waitFor } = setup;
    api.addFaults([[{ operation: 'getJobFailedFiles' }, faults.patch({ set: { failed_files: [] } })]]);
    const strict = () => waitFor(api.addJob({ files: FILES, failedFiles }), { ...RARELY, failedFiles: 'fail' });
    const byStatus = await failureOf('UnstructuredJobPartiallyFailedError', strict());
    expect(byStatus.message).toMatch(/ended COMPLETED, and some documents failed \(COMPLETED_WITH_ERRORS\)$/);
    expect(byStatus.details).toMatchObject({ failedFiles: [], failedFilesTotal: null });
    api.addFaults([[{ operation: 'getJobDetails' }, faults.patch({ set: { processing_status: 'SUCCESS' } })]]);
    const byNodes = await failureOf('UnstructuredJobPartiallyFailedError', strict());
    expect(byNodes.details.processingStatus).toBe('SUCCESS');
  });
});

test('where the details lag behind the job, the result says so; with fail the question is asked again', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const lagging = () => api.addJob({ files: FILES, failedFiles, answers: { detailsLag: '25m' } });
    const { documents, documentsError } = await waitFor(lagging(), RARELY);
    expect(documents).toEqual({ processingStatus: 'IN_PROGRESS', failedFiles: [], failedFilesTotal: null });
    expect(documentsError).toMatch(/UnstructuredResponseError: The job is COMPLETED, but its details still say IN_PR/);
    const strict = waitFor(lagging(), { ...RARELY, failedFiles: 'fail' });
    const { details } = await failureOf('UnstructuredJobPartiallyFailedError', strict);
    expect(details).toMatchObject({ processingStatus: 'COMPLETED_WITH_ERRORS', failedFilesTotal: 2 });
    expect(details.wait.failures).toEqual({ UnstructuredResponseError: 3 });
  });
});

test('details that lag for a moment are waited for', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ files: FILES, failedFiles, answers: { detailsLag: '1m' } });
    const { documents, documentsError, wait } = await waitFor(job, RARELY);
    expect(documents).toMatchObject({ processingStatus: 'COMPLETED_WITH_ERRORS', failedFilesTotal: 2 });
    expect(documentsError).toBeNull();
    expect(wait.failures).toEqual({ UnstructuredResponseError: 1 });
  });
});

test.each([...sample(['FAILED', 'STOPPED'], 1), 'ARCHIVED'])(
  "with 'fail' details that say %s without a word of documents are no success",
  async (status) => {
    await withWorker(async ({ api, waitFor }) => {
      const told = { processing_status: status, node_stats: null };
      api.addFaults([[{ operation: 'getJobDetails' }, faults.patch({ set: told })]]);
      const strict = waitFor(api.addJob({ files: FILES }), { ...RARELY, failedFiles: 'fail', totalLimit: '1 hour' });
      const { message } = await failureOf('UnstructuredJobPartiallyFailedError', strict);
      expect(message).toContain('COMPLETED');
      const { documents, documentsError } = await waitFor(api.addJob({ files: FILES }), RARELY);
      expect(documents).toEqual({ processingStatus: status, failedFiles: [], failedFilesTotal: null });
      expect(documentsError === null).toBe(status !== 'ARCHIVED');
    });
  },
);

test('what is known stays where the names of the failed documents are not to be had', async () => {
  await withWorker(async ({ api, waitFor }) => {
    api.addFaults([[{ operation: 'getJobFailedFiles' }, faults.status(403)]]);
    const job = () => api.addJob({ files: FILES, failedFiles });
    const { documents, documentsError } = await waitFor(job(), RARELY);
    expect(documents).toEqual({ processingStatus: 'COMPLETED_WITH_ERRORS', failedFiles: [], failedFilesTotal: null });
    expect(documentsError).toMatch(/^UnstructuredPermissionError: .* answered 403/);
    const strict = waitFor(job(), { ...RARELY, failedFiles: 'fail' });
    const { details } = await failureOf('UnstructuredJobPartiallyFailedError', strict);
    expect(details).toMatchObject({ processingStatus: 'COMPLETED_WITH_ERRORS', failedFilesTotal: null });
  });
});

test("with 'off' nobody asks", async () => {
  await withWorker(async (setup) => {
    const { documents, documentsError } = await setup.waitFor(setup.api.addJob({ files: FILES, failedFiles }), {
      ...RARELY,
      failedFiles: 'off',
    });
    expect([documents, documentsError]).toEqual([null, null]);
    expect(asked(setup)).toEqual([]);
  });
});

test.each(sample(['FAILED', 'STOPPED'], 1))('a job that ended %s carries its failed documents', async (status) => {
  await withWorker(async (setup) => {
    const job = setup.api.addJob({ files: FILES, failedFiles, timeline: [status] });
    const type = status === 'FAILED' ? 'UnstructuredJobFailedError' : 'UnstructuredJobStoppedError';
    const { details } = await failureOf(type, setup.waitFor(job, RARELY));
    expect(details.failedFiles?.map(({ document }) => document)).toEqual(['locked.pdf', 'broken.pdf']);
    expect(details.failedFilesTotal).toBe(2);
  });
});

test('where they are not to be had, the failure is the same without them', async () => {
  await withWorker(async (setup) => {
    setup.api.addFaults([[{ operation: 'getJobFailedFiles' }, faults.status(404)]]);
    const wait = setup.waitFor(setup.api.addJob({ failedFiles, timeline: ['FAILED'] }), RARELY);
    const { details } = await failureOf('UnstructuredJobFailedError', wait);
    expect([details.failedFiles, details.failedFilesTotal]).toEqual([null, null]);
  });
});

test('where the API does not tell, the result says so; by the policy fail the wait ends as that', async () => {
  await withWorker(async (setup) => {
    setup.api.addFaults([[{ operation: 'getJobDetails' }, faults.status(403)]]);
    const { documents, documentsError, outputNodeFiles } = await setup.waitFor(
      setup.api.addJob({ files: FILES }),
      RARELY,
    );
    expect(documents).toBeNull();
    expect(documentsError).toMatch(/^UnstructuredPermissionError: .* answered 403/);
    expect(outputNodeFiles).toHaveLength(12);
    const strict = setup.waitFor(setup.api.addJob({ files: FILES }), { ...RARELY, failedFiles: 'fail' });
    await failureOf('UnstructuredPermissionError', strict);
  });
});

describe("with 'fail' the question is asked within the budgets of a check", () => {
  const STRICT = { ...RARELY, failedFiles: 'fail' } as const;

  test('an outage of hours as the job completes is survived, and shown', async () => {
    await withWorker(async ({ api, env, start }) => {
      api.addFaults([[{ operation: 'getJobDetails', until: '3h' }, faults.status(503)]]);
      const job = api.addJob({ files: FILES, failedFiles, timeline: [['IN_PROGRESS', '9m'], ['COMPLETED']] });
      const handle = await start(job, STRICT);
      await env.sleep('2 hours');
      const { status, failing, lastError, failures } = await handle.query(progress);
      expect([status, lastError?.type]).toEqual(['COMPLETED', 'UnstructuredServerError']);
      expect(failing?.count).toBe(failures['UnstructuredServerError']);
      const { details } = await failureOf('UnstructuredJobPartiallyFailedError', handle.result());
      expect(details.failedFilesTotal).toBe(2);
      expect(details.wait.failures['UnstructuredServerError']).toBeGreaterThan(10);
      expect(details.wait.noticedWithinMs).toBeLessThan(700_000);
      expect((await handle.query(progress)).failing).toBeNull();
      expect(job.checks).toBe(2);
    });
  });

  test('beyond the outage budget the wait ends as a check that nobody answers', async () => {
    await withWorker(async ({ api, waitFor }) => {
      api.addFaults([[{ operation: 'getJobDetails' }, faults.reset()]]);
      const wait = waitFor(api.addJob({ files: FILES }), { ...STRICT, outageBudget: '1 hour' });
      const { details } = await failureOf('UnstructuredUnreachableError', wait);
      expect(details).toMatchObject({ lastStatus: 'COMPLETED', lastError: { type: 'UnstructuredConnectionError' } });
    });
  });

  test('a key that is refused is tolerated, and asked for again at a hint', async () => {
    await withWorker(async ({ api, env, start }) => {
      let isRefused = true;
      api.addFaults([[{ operation: 'getJobDetails', test: () => isRefused }, faults.status(401)]]);
      const handle = await start(api.addJob({ files: FILES }), {
        ...STRICT,
        minimumGap: '50 minutes',
        maximumGap: '50 minutes',
      });
      await env.sleep('10 minutes');
      isRefused = false;
      await handle.signal(checkNow);
      const { documents, wait } = await handle.result();
      expect(documents?.processingStatus).toBe('SUCCESS');
      expect(wait.failures).toEqual({ UnstructuredAuthenticationError: 1 });
      expect(Date.parse(wait.endedAt) - Date.parse(wait.startedAt)).toBeLessThan(20 * 60_000);
    });
  });
});

test('a hiccup on the way to the answer is retried', async () => {
  await withWorker(async (setup) => {
    setup.api.addFaults([[{ operation: 'getJobDetails', first: 3 }, faults.status(503)]]);
    const { documents } = await setup.waitFor(setup.api.addJob({ files: FILES, failedFiles }), RARELY);
    expect(documents?.failedFilesTotal).toBe(2);
  });
});

test('of 10,000 failed documents a result holds what fits, and a failure 100', async () => {
  await withWorker(async (setup) => {
    const files = Array.from({ length: 10_000 }, (_, index) => `a-document-with-quite-a-long-name-${index}.pdf`);
    const all = Object.fromEntries(files.map((name) => [name, 'the document is encrypted, and no password was given']));
    const job = () => setup.api.addJob({ files, nodes: 1, failedFiles: all });
    const { documents } = await setup.waitFor(job(), { ...RARELY, files: 'none' });
    expect(documents?.failedFilesTotal).toBe(10_000);
    expect(documents?.failedFiles.length).toBeGreaterThan(3_000);
    expect(JSON.stringify(documents).length).toBeLessThan(530_000);

    const strict = setup.waitFor(job(), { ...RARELY, files: 'none', failedFiles: 'fail' });
    const { details } = await failureOf('UnstructuredJobPartiallyFailedError', strict);
    expect([details.failedFiles.length, details.failedFilesTotal]).toEqual([100, 10_000]);
    const failed = setup.waitFor(setup.api.addJob({ files, nodes: 1, failedFiles: all, timeline: ['FAILED'] }), {
      ...RARELY,
      files: 'none',
    });
    const failure = await failureOf('UnstructuredJobFailedError', failed);
    expect([failure.details.failedFiles?.length, failure.details.failedFilesTotal]).toEqual([100, 10_000]);
  });
});

test('failed documents take no more room than the files leave them, down to none', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const files = Array.from({ length: 100 }, (_, index) => `document-${index}.pdf`);
    const all = Object.fromEntries(files.map((name) => [name, 'the document is encrypted']));
    const job = () => api.addJob({ files, nodes: 1, failedFiles: all });
    const bytes = encodedBytes(await waitFor(job(), { ...RARELY, failedFiles: 'off' }));
    const { documents, ...rest } = await waitFor(job(), { ...RARELY, maxResultBytes: bytes + 2_000 });
    expect(encodedBytes({ documents, ...rest })).toBeLessThanOrEqual(bytes + 2_000);
    expect(documents?.failedFiles.length).toBeGreaterThan(20);
    expect(documents?.failedFilesTotal).toBe(100);
    const tight = await waitFor(job(), { ...RARELY, maxResultBytes: bytes + 20 });
    expect(tight.documents).toMatchObject({ failedFiles: [], failedFilesTotal: 100 });
    expect(tight.outputNodeFiles).toHaveLength(100);
  });
});
