import type { UnstructuredClient } from '../src/api/client';
import { ANSWER_LIST_BYTES, listWithin } from '../src/core/encoded-size';
import { GET_JOB_FAILED_FILES } from '../src/core/names';
import { type ClientOf, performActivity } from './support/perform-activity';
import type { OperationActivities } from './types';

/** The activity that lists the documents that a job could not process. */
export function createGetJobFailedFiles(
  clientOf: ClientOf<Pick<UnstructuredClient, 'getJobFailedFiles'>>,
): Pick<OperationActivities, typeof GET_JOB_FAILED_FILES> {
  return {
    [GET_JOB_FAILED_FILES]: ({ jobId, account, longestPauseMs, benign }) =>
      performActivity(
        async (context) => {
          const all = await clientOf(account).getJobFailedFiles(jobId, context);
          return { failedFiles: listWithin(all, ANSWER_LIST_BYTES), failedFilesTotal: all.length };
        },
        { longestPauseMs, benign },
      ),
  };
}
