import type { CollectAnswer, CollectFile } from '../src/core/run/collect';
import { failureReason, matchFiles } from '../src/core/run/match-files';
import { documentResults, filesOf, type RunJobResult } from '../src/core/run/result';
import { uploadsOf } from '../src/core/start/upload-names';
import type { AwaitJobResult } from '../src/core/wait/account';
import { collectJobOutputs } from './collect-outputs';
import type { Launch, Run } from './run';

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
  const collected = await collect(run, launch, good);
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

async function collect(run: Run, { jobId }: Launch, files: CollectFile[]): Promise<CollectAnswer | null> {
  const { outputs, account, taskQueue } = run.input;
  if (!outputs) return null;
  const { to, which = 'final', onLost, parallel } = outputs;
  run.outputs = which === 'all' ? files.flatMap(({ nodeIds }) => nodeIds).length : files.length;
  run.transfer = null;
  return collectJobOutputs({ account, jobId, files, which, to, onLost, parallel, report: true }, { taskQueue });
}
