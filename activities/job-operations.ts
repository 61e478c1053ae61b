import type { UnstructuredClient } from '../src/api/client';
import { listWithin } from '../src/core/encoded-size';
import { CANCEL_JOB, GET_JOB_DETAILS, GET_JOB_FAILED_FILES, GET_JOB_FILE_STATUS } from '../src/core/names';
import { type ClientOf, performActivity } from './support/perform-activity';
import type { OperationActivities } from './types';

type JobOperationsPort = Pick<
  UnstructuredClient,
  'cancelJob' | 'getJobDetails' | 'getJobFailedFiles' | 'getJobFileStatus'
>;

/** Temporal's server refuses a result above 2 MB. */
const MAX_LIST_BYTES = 1_024 * 1_024;

/** The activities that ask about one job, or ask to stop it. */
export function createJobOperations(
  clientOf: ClientOf<JobOperationsPort>,
): Pick<
  OperationActivities,
  typeof CANCEL_JOB | typeof GET_JOB_DETAILS | typeof GET_JOB_FAILED_FILES | typeof GET_JOB_FILE_STATUS
> {
  return {
    [CANCEL_JOB]: ({ jobId, account, benign }) =>
      performActivity((context) => clientOf(account).cancelJob(jobId, context), { benign }),
    [GET_JOB_DETAILS]: ({ jobId, account, longestPauseMs, benign }) =>
      performActivity((context) => clientOf(account).getJobDetails(jobId, context), { longestPauseMs, benign }),
    [GET_JOB_FAILED_FILES]: ({ jobId, account, longestPauseMs, benign }) =>
      performActivity(
        async (context) => {
          const all = await clientOf(account).getJobFailedFiles(jobId, context);
          return { failedFiles: listWithin(all, MAX_LIST_BYTES), failedFilesTotal: all.length };
        },
        { longestPauseMs, benign },
      ),
    [GET_JOB_FILE_STATUS]: ({ jobId, account }) =>
      performActivity(async (context) => {
        const status = await clientOf(account).getJobFileStatus(jobId, context);
        const files = listWithin(status.files, MAX_LIST_BYTES);
        return { ...status, files, truncated: status.truncated || files.length < status.files.length };
      }),
  };
}
