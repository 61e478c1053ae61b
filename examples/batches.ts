import { log, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { executeRunJobs, unstructuredFailure } from 'temporal-unstructured/workflows';
import type * as activities from './activities';

const { page } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

/** Every PDF of a month. Its outputs have the names and folders of the documents. */
export async function parseMonth(month: string): Promise<string> {
  const { counts, manifest } = await executeRunJobs({
    key: `invoices-${month}`, // the workflow id, and the name of the manifest's folder: the same batch is paid for once
    start: { templateId: 'hi_res_partition' },
    documents: { from: `s3://inbox/${month}/`, match: '**/*.pdf' },
    outputs: { to: `s3://parsed/${month}/`, name: '{path}/{stem}.json' },
    tolerated: 0.05, // where more than one in twenty is not ok, the batch fails
    runLimit: '2 hours', // of each job, as all other options of a run: when it passes, the job is cancelled
  });
  log.info('parsed', { ...counts }); // documents, ok, failed, refused, missing, jobs, failedJobs
  return manifest.location; // s3://parsed/2026-11/_manifests/invoices-2026-11/manifest.json
}

/**
 * Started by a Temporal Schedule. What its last run that succeeded returned is the manifest that this one builds on. The first night builds
 * on none, or on that of an earlier batch.
 */
export async function parseNightly(from: string, to: string, earlier?: string): Promise<string> {
  const { startTime, lastResult } = workflowInfo();
  const key = `nightly-${startTime.toISOString().replaceAll(':', '-')}`; // also the name of the manifest's folder
  try {
    const { manifest } = await executeRunJobs({
      key,
      start: { templateId: 'hi_res_partition' },
      documents: { from },
      outputs: { to, name: '{path}/{stem}.json' },
      tolerated: 0.05,
      unlessIn: (lastResult as string | undefined) ?? earlier,
      runLimit: '2 hours', // of each job: one that hangs would hold up this night and the next ones
      searchAttributes: true, // so that you find what fails
    });
    return manifest.location;
  } catch (error) {
    const failure = unstructuredFailure(error);
    await page(`${key}: ${failure?.message ?? String(error)}`); // an activity of yours; not called if the night is cancelled
    if (failure?.type !== 'UnstructuredBatchFailedError') throw error;
    return failure.details.manifest.location; // the next night pays for nothing that this one did
  }
}
