import { listWithin } from '../src/core/encoded-size';
import type { AwaitJobResult, DocumentsTold } from '../src/core/wait/account';
import type { Ending } from '../src/core/wait/decision';
import { partialFailure, withFailedFiles } from '../src/core/wait/failure';
import type { WaitFailure } from '../src/core/wait/failure-details';
import type { JobSummary } from '../src/core/wait/job-check';
import { askDocuments, askFailedFiles } from './failed-files';
import { withinSize } from './poll';
import { failureOf, type Wait } from './wait';

/** Failures of a job that the API may tell failed documents of. */
const OF_A_JOB = ['UnstructuredJobFailedError', 'UnstructuredJobStoppedError'];

/** Room that is left for the rest of a result where failed documents are many. */
const MAX_FAILED_FILES_BYTES = 512 * 1_024;

/** Returns or throws what a wait ends with, together with what became of the job's documents. */
export async function endWait(wait: Wait, ending: Ending): Promise<AwaitJobResult> {
  if (ending.do === 'fail') throw failureOf(await withDocuments(wait, ending.failure));
  const { job } = ending;
  const result = withinSize(wait, job); // before anything is asked for nothing
  const told = await askDocuments(wait);
  const { documents } = told;
  if (documents && documents.failedFilesTotal > 0 && wait.input.options.failedFiles === 'fail')
    throw failureOf(partialFailure(wait.state, job, documents, Date.now()));
  return documents === null && told.documentsProblem === null ? result : fitting(wait, job, told);
}

async function withDocuments(wait: Wait, failure: WaitFailure): Promise<WaitFailure> {
  if (!OF_A_JOB.includes(failure.type)) return failure;
  const failed = await askFailedFiles(wait);
  return failed ? withFailedFiles(failure, failed) : failure;
}

/** Failed documents give way to the files of the good ones. */
function fitting(wait: Wait, job: JobSummary, { documents, documentsProblem }: DocumentsTold): AwaitJobResult {
  const failedFiles = listWithin(documents?.failedFiles ?? [], MAX_FAILED_FILES_BYTES);
  return withinSize(wait, job, { documents: documents && { ...documents, failedFiles }, documentsProblem });
}
