/**
 * Worker process: activities as factories over the narrowest port. Runs in plain Node; must not import workflow code, the plugin or a
 * Temporal client.
 */
import type { UnstructuredClient } from '../src/api/client';
import type { Job } from '../src/core/job';
import { Storage, type StorageOptions } from '../src/storage/storage';
import type { ClientOf } from './support/call';
import { createCollectOutputs } from './collect-outputs';
import { createDownloadOutput } from './download-output';
import { createGetJob, type GetJobInput, type GetJobPort } from './get-job';
import { createJobOperations } from './job-operations';
import { createJoinRun } from './join-run';
import { createListJobs } from './list-jobs';
import type { OperationActivities } from './types';
import { createStartJob } from './start-job';
import { checkingInput } from './check-input';

/** Activities that the plugin registers. */
export interface UnstructuredActivities extends OperationActivities {
  /**
   * Asks the API for one job.
   * @throws ApplicationFailure with a type from the failure table; `details[0]` is an `ApiErrorDetails`
   */
  getJob(input: GetJobInput): Promise<Job>;
}

/** All operations that the activities need. */
export type UnstructuredPort = Omit<UnstructuredClient, 'close' | typeof Symbol.asyncDispose>;

/**
 * All activities, for workers that are set up without the plugin.
 * @param storage which documents may be read and where outputs may be written; by default nothing and nowhere
 */
export function createUnstructuredActivities(
  clientOf: ClientOf<UnstructuredPort>,
  storage: Storage = new Storage(),
): UnstructuredActivities {
  return {
    getJob: createGetJob(clientOf) as UnstructuredActivities['getJob'],
    ...checkingInput({
      ...createStartJob(clientOf, storage),
      ...createListJobs(clientOf),
      ...createJobOperations(clientOf),
      ...createDownloadOutput(clientOf, storage),
      ...createCollectOutputs(clientOf, storage),
      ...createJoinRun(),
    }),
  };
}

export { createGetJob, Storage, type StorageOptions };
export type { ClientOf, GetJobInput, GetJobPort, OperationActivities };
export type { CheckJobInput } from './get-job';
export type { AskDocumentsInput, DownloadInput, JobInput } from './types';
export type { FailedFileList } from '../src/core/job-details';
