import type { UnstructuredClient } from '../src/api/client';
import { GET_JOB_DETAILS } from '../src/core/names';
import { type ClientOf, performActivity } from './support/perform-activity';
import type { OperationActivities } from './types';

/** The activity that reads the number of a job's files in each state, by node. */
export function createGetJobDetails(
  clientOf: ClientOf<Pick<UnstructuredClient, 'getJobDetails'>>,
): Pick<OperationActivities, typeof GET_JOB_DETAILS> {
  return {
    [GET_JOB_DETAILS]: ({ jobId, account, longestPauseMs, benign }) =>
      performActivity((context) => clientOf(account).getJobDetails(jobId, context), { longestPauseMs, benign }),
  };
}
