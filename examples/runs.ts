import { ApplicationFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import {
  collectJobOutputs,
  executeAwaitJob,
  executeRunJob,
  failedFileIds,
  startJob,
  unstructuredFailure,
} from 'temporal-unstructured/workflows';
import type * as activities from './activities';

const { ingest, page, quarantine } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export async function parseInvoices(mailId: string, refs: string[], to: string): Promise<void> {
  const { documents } = await executeRunJob({
    key: `invoices-${mailId}`, // the workflow id: the same mail is paid for once, within the namespace's retention
    start: { templateId: 'hi_res_partition' },
    documents: refs.map((ref) => ({ ref })), // s3://inbox/a.pdf, file:///data/inbox/a.pdf, https://files.example.com/a.pdf
    outputs: { to, which: 'final' }, // s3://parsed/2026/, file:///data/parsed/2026/
    runLimit: '2 hours', // of the job: when it passes, the job is cancelled
  });
  for (const doc of documents) {
    if (doc.status === 'ok') for (const output of doc.outputs) await ingest(doc.ref, output.location);
    else await quarantine(doc.ref, doc.reason);
  }
}

export async function parseOrSettle(mailId: string, refs: string[]): Promise<void> {
  try {
    await executeRunJob({
      key: `contracts-${mailId}`,
      start: { templateId: 'hi_res_partition' },
      documents: refs.map((ref) => ({ ref })),
    });
  } catch (err) {
    if (isCancellation(err)) throw err;
    const failure = unstructuredFailure(err);
    if (failure?.type === 'UnstructuredStartUncertainError')
      await page(`${mailId}: which job is it? ${failure.details.candidates.map((job) => job.id).join(', ')}`);
    throw err; // failure.details.run takes the job up again: executeRunJob does that by itself for the same key
  }
}

/** The steps one by one, with the outputs of the documents that did not fail. */
export async function parseStepByStep(refs: string[], to: string): Promise<number> {
  const { jobId, knownFiles } = await startJob(
    { templateId: 'hi_res_partition' },
    refs.map((ref) => ({ ref })),
  );
  const options = { knownFiles, files: 'final', onCancel: 'cancel' } as const;
  const { outputNodeFiles, documents } = await executeAwaitJob(jobId, options);
  if (!documents || documents.failedFiles.length !== documents.failedFilesTotal)
    throw ApplicationFailure.nonRetryable(`Which documents of job ${jobId} failed is not known`);
  const failed = failedFileIds(
    outputNodeFiles.map(({ fileId }) => fileId),
    documents.failedFiles,
  );
  const files = outputNodeFiles
    .filter(({ fileId }) => !failed.has(fileId))
    .map(({ fileId, nodeId }) => ({ fileId, nodeIds: [nodeId] }));
  const { saved } = await collectJobOutputs({ jobId, files, which: 'final', to });
  return saved.length;
}

/** A job that a connector's nightly schedule starts. */
export async function awaitNightly(workflowId: string, createdAfter: string): Promise<string> {
  const { job } = await executeAwaitJob({ workflowId, createdAfter }, { files: 'none', queueLimit: '3 hours' });
  return job.status;
}
