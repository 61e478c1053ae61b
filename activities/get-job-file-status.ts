import type { UnstructuredClient } from '../src/api/client';
import { ANSWER_LIST_BYTES, listWithin } from '../src/core/encoded-size';
import { GET_JOB_FILE_STATUS } from '../src/core/names';
import { type ClientOf, performActivity } from './support/perform-activity';
import type { OperationActivities } from './types';

/** The activity that reads the status of each file of a job. */
export function createGetJobFileStatus(
  clientOf: ClientOf<Pick<UnstructuredClient, 'getJobFileStatus'>>,
): Pick<OperationActivities, typeof GET_JOB_FILE_STATUS> {
  return {
    [GET_JOB_FILE_STATUS]: ({ jobId, account }) =>
      performActivity(async (context) => {
        const status = await clientOf(account).getJobFileStatus(jobId, context);
        const files = listWithin(status.files, ANSWER_LIST_BYTES);
        return { ...status, files, truncated: status.truncated || files.length < status.files.length };
      }),
  };
}
