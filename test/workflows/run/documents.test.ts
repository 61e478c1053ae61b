// One entry for each document that was sent, in input order: good with its outputs, failed with the reason, or missing.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { OutputSink } from '../../../src/storage/sink';
import { faults } from '../../../src/testing';
import { sample } from '../../support/breadth';
import { failureOf } from '../../support/failure-of';
import { originOf, sent, useRuns } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const LOCKED = { failedFiles: { 'locked.pdf': 'password protected' } };

test.each(sample(['name', 'fileId', 'path'], 1))(
  'a failed document has its reason, however the API names it (%s)',
  async (failedFileNames) => {
    await withRuns(async ({ api, document, run, to }) => {
      api.setStartedJobs(LOCKED);
      api.setAnswers({ failedFileNames });
      const documents = [await document('a.pdf'), await document('locked.pdf'), await document('c.pdf')];
      const result = await run({ start, documents, outputs: { to } });
      expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok']);
      expect(result.documents[1]).toMatchObject({ reason: 'password protected', outputs: [] });
      expect(result.failedFilesTotal).toBe(1);
      expect(sent(api, 'downloadJobOutput')).toBe(2);
    });
  },
);

test.each([true, false])(
  'documents with dots in their names are told, and their failures, with startToken: %s',
  async (startToken) => {
    await withRuns(async ({ api, document, run, to }) => {
      api.setStartedJobs({ failedFiles: { '2507.13305v1.pdf': 'password protected' } });
      const names = ['v1.2.final.tar.gz', '2507.13305v1.pdf', '.hidden', 'Dr. Smith 1. 2. 2025'];
      const documents = await Promise.all(names.map((name) => document(name)));
      const result = await run({ start, documents, outputs: { to }, startToken });
      expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok', 'ok']);
      expect(result.documents[1]).toMatchObject({ reason: 'password protected', outputs: [] });
      expect(result.otherOutputs).toEqual([]);
      for (const [index, { outputs }] of result.documents.entries()) {
        for (const output of outputs) expect((await originOf(output)).filename).toContain(names[index]);
      }
    });
  },
);

test("with failedFiles: 'fail' the run ends with its job to resume", async () => {
  await withRuns(async ({ api, document, run, to }) => {
    api.setStartedJobs(LOCKED);
    const documents = [await document('a.pdf'), await document('locked.pdf')];
    const wait = run({ start, documents, outputs: { to }, failedFiles: 'fail' });
    const { details } = await failureOf('UnstructuredJobPartiallyFailedError', wait);
    expect(details.run).toMatchObject({ jobId: api.jobs[0]!.id });

    const result = await run({ documents, outputs: { to }, resume: details.run! });
    expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'failed']);
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('documents of one name are told apart, also without a token', async () => {
  await withRuns(async ({ document, run, to }) => {
    const { ref } = await document('same.pdf', 'one');
    const other = await document('other.pdf', 'two');
    for (const startToken of [true, false]) {
      const documents = [
        { ref, name: 'same.pdf' },
        { ...other, name: 'same.pdf' },
      ];
      const result = await run({ start, documents, outputs: { to }, startToken });
      const origins = await Promise.all(result.documents.map(({ outputs }) => originOf(outputs[0]!)));
      expect(new Set(origins.map(({ sha256 }) => sha256)).size).toBe(2);
      expect(result.documents.map((entry) => entry.ref)).toEqual([ref, other.ref]);
    }
  });
});

test('a document of which no answer tells counts as missing, not as good', async () => {
  await withRuns(async ({ api, document, run, to }) => {
    api.addFaults([
      [{ operation: 'createJob' }, faults.patch({ set: { input_file_ids: null, output_node_files: null } })],
    ]);
    api.setAnswers({ inputFileIds: 'absent', outputNodeFiles: 'null' });
    const { documents } = await run({ start, documents: [await document('a.pdf')], outputs: { to } });
    expect(documents).toMatchObject([{ status: 'missing', fileId: null, outputs: [] }]);
  });
});

test('where later answers lack the list, that of the start stands', async () => {
  await withRuns(async ({ api, document, run, to }) => {
    api.setAnswers({ outputNodeFiles: 'absentOnceTerminal', inputFileIds: 'always', finalOutput: 'notFound' });
    const { documents } = await run({ start, documents: [await document('a.pdf')], outputs: { to } });
    expect(documents).toMatchObject([{ status: 'ok' }]);
  });
});

test('a lost output is the reason of its document, by policy, and the others are there', async () => {
  await withRuns(async ({ api, document, run, to, outbox }) => {
    const documents = [await document('a.pdf'), await document('b.pdf')];
    const isOfA = () => api.requests.at(-1)?.query['file_id']?.includes('-0-a') ?? false;
    api.addFaults([[{ operation: 'downloadJobOutput', test: isOfA }, faults.status(404)]]);
    const result = await run({ start, documents, outputs: { to, onLost: 'return', parallel: 1 } });
    expect(result.documents).toMatchObject([
      { status: 'failed', reason: expect.stringContaining('answered 404') as unknown, outputs: [] },
      { status: 'ok' },
    ]);
    expect(await readdir(outbox)).toHaveLength(1);
  });
});

test('a place that is found closed only after the job ends the run with its job to resume elsewhere', async () => {
  await withRuns(async ({ document, run, to, api }) => {
    const documents = [await document('a.pdf')];
    const { details } = await failureOf(
      'UnstructuredTransferError',
      run({ start, documents, outputs: { to: 'file:///etc/' }, startTaskQueue: QUEUE }),
    );
    const result = await run({ documents, outputs: { to }, resume: details.run! });
    expect(result.documents).toMatchObject([{ status: 'ok' }]);
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('a lost output of a file that is no document is listed, by policy', async () => {
  await withRuns(async ({ api, run, to, outbox }) => {
    const job = api.addJob({ files: ['a.pdf', 'b.pdf'] });
    const [a] = job.fileIds;
    await mkdir(join(outbox, `${a}.json`));
    const outputs = { to, name: '{fileId}.json', onLost: 'return' } as const;
    const result = await run({ resume: { jobId: job.id }, outputs });
    expect(result.otherOutputs).toHaveLength(1);
    expect(result).toMatchObject({
      lostOutputs: [{ type: 'UnstructuredStorageError', fileId: a }],
      lostOutputsTotal: 1,
    });
  });
});

test.each(sample(['path', 'name', 'fileId'], 1))(
  'a failed file of a job that was handed in is not asked for, however the API names it (%s)',
  async (failedFileNames) => {
    await withRuns(async ({ api, run, to }) => {
      const job = api.addJob({ files: ['a.pdf', 'locked.pdf'], ...LOCKED, answers: { failedFileNames } });
      const result = await run({ resume: { jobId: job.id }, outputs: { to } });
      expect(result.otherOutputs).toHaveLength(1);
      expect(result).toMatchObject({ failedFilesTotal: 1, lostOutputs: [] });
      expect(sent(api, 'downloadJobOutput')).toBe(1);
    });
  },
);

test.each([
  ['the API does not tell which failed', {}, 'UnstructuredPermissionError'],
  ['nobody asks', { failedFiles: 'off' }, null],
] as const)('without outputs no document is good where %s', async (_, options, documentsError) => {
  await withRuns(async ({ api, document, run }) => {
    api.setStartedJobs(LOCKED);
    api.addFaults([[{ operation: 'getJobFailedFiles' }, faults.status(403)]]);
    const documents = [await document('a.pdf'), await document('locked.pdf')];
    const result = await run({ start, documents, ...options });
    expect(result.documents).toMatchObject([{ status: 'missing' }, { status: 'missing' }]);
    expect(result.failedFilesTotal).toBeNull();
    if (documentsError === null) expect(result.documentsError).toBeNull();
    else expect(result.documentsError).toContain(documentsError);
  });
});

test("a sink's own failure ends the run with its job to resume", async () => {
  const cause = ApplicationFailure.create({ type: 'QuotaExceeded', message: 'the disk is full', nonRetryable: true });
  const full: OutputSink = { find: () => Promise.reject(cause), store: () => Promise.reject(cause) };
  await withRuns(
    async ({ api, document, startRun }) => {
      const input = { start, documents: [await document('a.pdf')], outputs: { to: 'full:/' } };
      const { details, message } = await failureOf('UnstructuredTransferError', (await startRun(input)).result());
      expect(message).toContain('the disk is full');
      expect(details.run).toMatchObject({ jobId: api.jobs[0]!.id, startedByRun: true });
      expect(details.run!.knownFiles).toHaveLength(1);
    },
    { plugin: { outputs: { sinks: { full } } } },
  );
});

test.each(sample([{}, 'a.pdf', [null], [{ nodeIds: [] }]], 2))(
  'a wrong list of files to take up ends the run: %j',
  async (knownFiles) => {
    await withRuns(async ({ api, run }) => {
      const resume = { jobId: api.addJob().id, knownFiles } as never;
      const { message } = await failureOf('UnstructuredValidationError', run({ resume }));
      expect(message).toMatch(/^Option resume\.knownFiles must be a list of /);
      expect(api.requests).toEqual([]);
    });
  },
);

/** The real API takes ten. */
const TWELVE_FILES = { fake: { limits: { files: 12 } } };

test('limits of the start are options, checked before anything is sent', async () => {
  await withRuns(async ({ api, document, run }) => {
    const documents = await Promise.all(Array.from({ length: 11 }, (_, index) => document(`${index}.pdf`)));
    const { message } = await failureOf('UnstructuredValidationError', run({ start, documents }));
    expect(message).toBe(
      'Option documents has 11 entries, more than maxDocuments (10). For more documents, use runJobs.',
    );
    expect((await run({ start, documents, maxDocuments: 11 })).documents).toHaveLength(11);
    const large = run({ start, documents: [await document('large.pdf', 'x'.repeat(2_000))], maxDocumentBytes: 1_000 });
    expect((await failureOf('UnstructuredDocumentRefusedError', large)).details.reason).toBe('tooLarge');
    expect(api.jobs).toHaveLength(1);
  }, TWELVE_FILES);
});
