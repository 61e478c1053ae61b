import { toApplicationFailure } from '../../src/common/failure';
import type { SkippedDocument } from '../../src/core/refusal';
import { encodedBytes, listWithin } from '../../src/core/encoded-size';
import {
  type CollectAnswer,
  type CollectFile,
  type CollectRequest,
  expectedBytes,
  listItems,
} from '../../src/core/run/collect';
import { outputsTooLargeFailure } from '../../src/core/run/failure';
import { failedFileIds, type FileMatch, matchFailures, matchFiles } from '../../src/core/run/match-files';
import { toNamedDocument } from '../../src/core/run/output-template';
import { documentResults, toCollectFiles, type RunJobResult } from '../../src/core/run/result';
import type { UploadRequest } from '../../src/core/start/request';
import { planUploads } from '../../src/core/start/upload-names';
import type { AwaitJobResult } from '../../src/core/wait/report';
import { tooLargeDetails } from '../../src/core/wait/failure';
import type { Wait } from '../wait/wait';
import { collectShown } from './collect';
import { type KnownJob, runQueue, type Run } from './run';

/** Fetches the outputs of the files that did not fail, and returns the outcome of each document. */
export async function deliver(
  run: Run,
  { wait, known, awaited }: { wait: Wait; known: KnownJob; awaited: AwaitJobResult },
  changed: () => void,
): Promise<RunJobResult> {
  const { documents } = run.input;
  const uploads = uploadsIn(run, known);
  const files = toCollectFiles(awaited.outputNodeFiles, awaited.inputFileIds ?? known.inputFileIds);
  const ids = files.map(({ fileId }) => fileId);
  const match = matchFiles(uploads, run.token, ids);
  const outcome = awaited.documents;
  const failures = matchFailures(uploads, run.token, match, outcome?.failedFiles ?? []);
  const resultWith = (collected: CollectAnswer | null): RunJobResult => ({
    job: awaited.job,
    documents: documentResults(documents, match, failures, outcome, collected, skippedIn(run, known)),
    otherOutputs: collected?.saved.filter(({ fileId }) => match.others.includes(fileId)) ?? [],
    lostOutputs: collected?.lost ?? [],
    lostOutputsTotal: collected?.lost.length ?? 0,
    failedFiles: outcome && outcome.failedFiles,
    failedFilesTotal: outcome && outcome.failedFilesTotal,
    documentsError: awaited.documentsError,
    start: { how: known.how, sends: run.start?.state.sends ?? 0 },
    wait: awaited.wait,
  });
  const told = resultWith(null);
  const failed = failedFileIds(ids, outcome?.failedFiles ?? []);
  for (const document of told.documents) if (document.status === 'failed') failed.add(document.fileId ?? '');
  const request = collectRequest(
    run,
    awaited,
    named(
      run,
      match,
      files.filter(({ fileId }) => !failed.has(fileId)),
    ),
  );
  withinResult(wait, told, request);
  if (!request) return told;
  return fitting(wait, resultWith(await collect(run, request, changed)));
}

/** The uploads to match with files. A job that was taken over contains none of this run's documents, whatever its files are called. */
function uploadsIn({ start, input, token }: Run, { startedByRun }: KnownJob): readonly UploadRequest[] {
  if (startedByRun === false) return [];
  return start?.uploads ?? planUploads(input.documents, token);
}

/** Documents that were left out of the job. There are none in a job that was taken over. */
function skippedIn({ start, input }: Run, { startedByRun }: KnownJob): readonly SkippedDocument[] {
  if (startedByRun === false) return [];
  return start?.state.skipped ?? input.resume?.skipped ?? [];
}

/** Adds what the names of outputs are made from, if the caller has a template for them. */
function named({ input }: Run, { fileIds }: FileMatch, files: CollectFile[]): CollectFile[] {
  if (input.outputs?.name === undefined) return files;
  return files.map((file) => {
    const document = input.documents[fileIds.indexOf(file.fileId)];
    return document ? { ...file, ...toNamedDocument(document) } : file;
  });
}

function collectRequest({ input }: Run, { job }: AwaitJobResult, files: CollectFile[]): CollectRequest | null {
  const { outputs, account } = input;
  if (!outputs) return null;
  const { to, name, which = 'final', onLost, parallel } = outputs;
  const { credentialBudget } = input.options;
  return {
    account,
    jobId: job.id,
    files,
    which,
    to,
    ...(name !== undefined && { name }),
    onLost,
    parallel,
    credentialBudgetMs: credentialBudget,
    report: true,
  };
}

function collect(run: Run, request: CollectRequest, changed: () => void): Promise<CollectAnswer> {
  run.outputs = listItems(request).length;
  run.transfer = null;
  const { activityTaskQueue, collectLimit } = run.input;
  run.collectEndsAt = Date.now() + collectLimit;
  changed();
  return collectShown(request, { activityTaskQueue, collectLimit }, runQueue(run, changed));
}

/** Temporal terminates a workflow whose result is too large. This fails before anything is fetched. */
function withinResult(wait: Wait, told: RunJobResult, request: CollectRequest | null): void {
  const { maxResultBytes: maxBytes } = wait.options;
  const bytes = encodedBytes(told) + (request ? expectedBytes(request) : 0);
  if (bytes <= maxBytes) return;
  const outputNodeFilesTotal = request ? listItems(request).length : 0;
  const size = { bytes, maxBytes, outputNodeFilesTotal };
  throw toApplicationFailure(outputsTooLargeFailure(tooLargeDetails(wait, told.job, size, Date.now())));
}

/** Shortens the list of lost outputs if the result is too large, so that the saved outputs fit. */
function fitting({ options }: Wait, result: RunJobResult): RunJobResult {
  const room = options.maxResultBytes - encodedBytes({ ...result, lostOutputs: [] });
  return { ...result, lostOutputs: listWithin(result.lostOutputs, room) };
}
