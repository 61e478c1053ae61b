import type { UnstructuredClient } from '../src/api/client';
import { CANCEL_JOB } from '../src/core/names';
import { type ClientOf, performActivity } from './support/perform-activity';
import type { OperationActivities } from './types';

/** The activity that asks the API to stop a job. */
export function createCancelJob(
  clientOf: ClientOf<Pick<UnstructuredClient, 'cancelJob'>>,
): Pick<OperationActivities, typeof CANCEL_JOB> {
  return {
    [CANCEL_JOB]: ({ jobId, account, benign }) =>
      performActivity((context) => clientOf(account).cancelJob(jobId, context), { benign }),
  };
}
