import { encodedBytes, listWithin } from '../../src/core/encoded-size';
import type { JobSummary } from '../../src/core/job';
import type { FailedFile } from '../../src/core/job-details';
import type { WaitFailure } from '../../src/core/typed-failure';
import { type AwaitJobResult, type DocumentsTold, resultOf } from '../../src/core/wait/account';
import { type Ending, type Limit, nextLimit } from '../../src/core/wait/decision';
import { partialFailure, withFailedFiles } from '../../src/core/wait/failure';
import { askDocuments, askFailedFiles } from './ask-documents';
import { withinSize } from './poll';
import { failureOf, type Wait, type WaitHooks } from './wait';

/** Failures of a job that the API may tell failed documents of. */
const OF_A_JOB = ['UnstructuredJobFailedError', 'UnstructuredJobStoppedError'];

/** Longest list of failed documents in a result. */
const MAX_FAILED_FILES_BYTES = 512 * 1_024;

/**
 * Returns or throws what a wait ends with, together with what became of the job's documents: that is asked for within the total limit, or
 * once, within the shortest time of a check, where a limit has `passed`.
 */
export async function endWait(wait: Wait, ending: Ending, hooks: WaitHooks, passed?: Limit): Promise<AwaitJobResult> {
  const limit = passed ?? nextLimit(wait.state, wait.options);
  if (ending.do === 'fail') throw failureOf(await withDocuments(wait, ending.failure, limit, hooks));
  const { job } = ending;
  const result = withinSize(wait, job); // before anything is asked for nothing
  const { told, someFailed } = await askDocuments(wait, limit, hooks);
  const { documents, documentsProblem } = told;
  if (documents && someFailed && wait.options.failedFiles === 'fail')
    throw failureOf(partialFailure(wait.state, job, documents, Date.now()));
  return documents === null && documentsProblem === null ? result : fitting(wait, job, told);
}

async function withDocuments(
  wait: Wait,
  failure: WaitFailure,
  limit: Limit | null,
  hooks: WaitHooks,
): Promise<WaitFailure> {
  if (!OF_A_JOB.includes(failure.type)) return failure;
  const failed = await askFailedFiles(wait, limit, hooks);
  return failed ? withFailedFiles(failure, failed) : failure;
}

/** Failed documents give way to the files: a result that fits without them is returned, with those of them that fit beside it. */
function fitting(
  { options, state }: Wait,
  job: JobSummary,
  { documents, documentsProblem }: DocumentsTold,
): AwaitJobResult {
  const resultWith = (failedFiles: FailedFile[]) =>
    resultOf(state, job, Date.now(), { documents: documents && { ...documents, failedFiles }, documentsProblem });
  const room = options.maxResultBytes - encodedBytes(resultWith([]));
  return resultWith(listWithin(documents?.failedFiles ?? [], Math.min(MAX_FAILED_FILES_BYTES, room)));
}
