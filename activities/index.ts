/**
 * Worker process: activities as factories over the narrowest port. Runs in plain Node; must not import workflow code, the plugin or a
 * Temporal client.
 */
import { getClient } from '@temporalio/activity';
import type { UnstructuredClient } from '../src/api/client';
import type { StorageOptions } from '../src/storage/options';
import { Storage } from '../src/storage/storage';
import { checkingInput } from './check-input';
import { createCollectOutputs } from './collect-outputs';
import { createGetJob, type GetJobPort } from './get-job';
import { createJobOperations } from './job-operations';
import { createJoinRun } from './join-run';
import { createListJobs } from './list-jobs';
import { createStartJob } from './start-job';
import type { ClientOf } from './support/perform-activity';
import type { UnstructuredActivities } from './types';
import { createWatchJob } from './watch-job';
import { Watches, type WatchOptions } from './watch/watches';

/** All operations that the activities need. */
export type UnstructuredPort = Omit<UnstructuredClient, 'close' | typeof Symbol.asyncDispose>;

/**
 * All activities, for workers that are set up without the plugin.
 * @param storage which documents may be read and where outputs may be written; by default nothing and nowhere
 * @param watches by default none is offered: without the plugin nobody hands back what a worker watches that stops
 */
export function createUnstructuredActivities(
  clientOf: ClientOf<UnstructuredPort>,
  storage: Storage = new Storage(),
  watches: Watches = new Watches(false),
): UnstructuredActivities {
  const offer = async () => watches.offer(getClient());
  return {
    getJob: createGetJob(clientOf, { offer }) as UnstructuredActivities['getJob'],
    ...checkingInput({
      ...createStartJob(clientOf, storage),
      ...createListJobs(clientOf),
      ...createJobOperations(clientOf),
      ...createCollectOutputs(clientOf, storage),
      ...createJoinRun(),
      ...createWatchJob(clientOf, watches),
    }),
  };
}

export { createGetJob, Storage, type StorageOptions, Watches, type WatchOptions };
export type { ClientOf, GetJobPort, UnstructuredActivities };
export type {
  AskDocumentsInput,
  CheckJobInput,
  GetJobInput,
  JobInput,
  OperationActivities,
  WatchJobInput,
} from './types';
export type { WatchAnswer } from '../src/core/wait/watch';
export type { FailedFileList } from '../src/core/job-details';
