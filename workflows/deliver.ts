import { itemsOf, type CollectAnswer, type CollectFile, type CollectRequest } from '../src/core/run/collect';
import { expectedBytes } from '../src/core/run/expected-size';
import { failureReason, matchFiles } from '../src/core/run/match-files';
import { documentResults, filesOf, type RunJobResult } from '../src/core/run/result';
import { uploadsOf } from '../src/core/start/upload-names';
import type { AwaitJobResult } from '../src/core/wait/account';
import { outputsTooLargeFailure } from '../src/core/wait/failure';
import type { JobSummary } from '../src/core/wait/job-check';
import { collectJobOutputs } from './collect-outputs';
import type { Launch, Run } from './run';
import { failureOf } from './wait';

/** Fetches the outputs of the files that did not fail, and says what became of each document. */
export async function deliver(run: Run, launch: Launch, result: AwaitJobResult): Promise<RunJobResult> {
  const { documents } = run.input;
  const uploads = run.start?.uploads ?? uploadsOf(documents, run.token);
  const files = filesOf(result.outputNodeFiles, result.inputFileIds ?? launch.inputFileIds);
  const ids = files.map(({ fileId }) => fileId);
  const match = matchFiles(uploads, run.token, ids);
  const outcome = result.documents;
  const failed = outcome?.failedFiles ?? [];
  const uploadOf = (fileId: string) => uploads[match.fileIds.indexOf(fileId)] ?? { ref: '', uploadName: fileId };
  const good = files.filter(({ fileId }) => failureReason(uploadOf(fileId), fileId, failed) === undefined);
  const collected = await collect(run, result, good);
  return {
    job: result.job,
    documents: documentResults(documents, uploads, match, failed, collected),
    otherOutputs: collected?.saved.filter(({ fileId }) => match.others.includes(fileId)) ?? [],
    failedFiles: outcome && outcome.failedFiles,
    failedFilesTotal: outcome && outcome.failedFilesTotal,
    start: { how: launch.how, sends: run.start?.state.sends ?? 0 },
    wait: result.wait,
  };
}

async function collect(run: Run, { job }: AwaitJobResult, files: CollectFile[]): Promise<CollectAnswer | null> {
  const { outputs, account, taskQueue } = run.input;
  if (!outputs) return null;
  const { to, which = 'final', onLost, parallel } = outputs;
  const request: CollectRequest = { account, jobId: job.id, files, which, to, onLost, parallel, report: true };
  const items = itemsOf(request);
  withinResult(run, job, request, items.length);
  run.outputs = items.length;
  run.transfer = null;
  return collectJobOutputs(request, { taskQueue });
}

/** Temporal terminates a workflow whose result is too large: that is told before anything is fetched. */
function withinResult({ wait }: Run, job: JobSummary, request: CollectRequest, outputs: number): void {
  const maxBytes = wait?.input.options.maxResultBytes ?? Infinity;
  const bytes = expectedBytes(request);
  if (bytes <= maxBytes) return;
  const { which: files } = request;
  const details = { jobId: job.id, job, bytes, maxBytes, files, outputNodeFilesTotal: outputs };
  throw failureOf(outputsTooLargeFailure(details));
}
