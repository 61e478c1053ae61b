import { createHash } from 'node:crypto';
import { selectFiles, type FileSelection, type Job } from '../src/core/job';
import { summarize, type HeldDigests, type JobCheck, type ListCheck } from '../src/core/wait/job-check';

/** Reduces a job to what a wait does not hold yet. */
export function checkOf(job: Job, { held, files }: { held: HeldDigests; files: FileSelection }): JobCheck {
  const { inputFileIds, outputNodeFiles } = job;
  const selected = outputNodeFiles && selectFiles(outputNodeFiles, files);
  return {
    job: summarize(job),
    inputFileIds: listCheck(files === 'none' ? null : inputFileIds, inputFileIds?.length, held.inputFileIds),
    outputNodeFiles: listCheck(selected, outputNodeFiles?.length, held.outputNodeFiles),
  };
}

function listCheck<T>(entries: T[] | null, total = 0, heldDigest?: string): ListCheck<T> {
  if (!entries) return null;
  const digest = createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 22);
  return digest === heldDigest ? { digest, total } : { digest, total, entries };
}
