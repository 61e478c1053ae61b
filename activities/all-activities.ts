import { getClient, log } from '@temporalio/activity';
import type { UnstructuredClient } from '../src/api/client';
import type { Storage } from '../src/storage/storage';
import { createBeginJob } from './begin-job';
import { createCancelJob } from './cancel-job';
import { checkingInput } from './check-input';
import { createCollectOutputs } from './collect-outputs';
import { createGetJob } from './get-job';
import { createGetJobDetails } from './get-job-details';
import { createGetJobFailedFiles } from './get-job-failed-files';
import { createGetJobFileStatus } from './get-job-file-status';
import { createJoinRun } from './join-run';
import { createListJobs } from './list-jobs';
import { createPlanJobs } from './plan-jobs';
import { createStartJob } from './start-job';
import type { ClientOf } from './support/perform-activity';
import type { UnstructuredActivities } from './types';
import { createWatchJob } from './watch-job';
import type { Watches } from './watch/watches';
import { createWriteManifest } from './write-manifest';
import { createWriteManifestPart } from './write-manifest-part';
import { createWritePlan } from './write-plan';

/** All operations of the client that the activities need. */
export type UnstructuredPort = Omit<UnstructuredClient, 'close' | typeof Symbol.asyncDispose>;

export function createAllActivities(
  clientOf: ClientOf<UnstructuredPort>,
  storage: Storage,
  watches: Watches,
): UnstructuredActivities {
  const warn = (reason: string): void => {
    log.warn('The worker offers no watch: waits check by their schedule', { reason });
  };
  const offer = async () => watches.offer(getClient(), warn);
  return {
    getJob: createGetJob(clientOf, { offer }) as UnstructuredActivities['getJob'],
    ...checkingInput({
      ...createStartJob(clientOf, storage),
      ...createListJobs(clientOf),
      ...createCancelJob(clientOf),
      ...createGetJobDetails(clientOf),
      ...createGetJobFailedFiles(clientOf),
      ...createGetJobFileStatus(clientOf),
      ...createCollectOutputs(clientOf, storage),
      ...createJoinRun(),
      ...createWatchJob(clientOf, watches),
      ...createPlanJobs(storage),
      ...createWritePlan(storage),
      ...createBeginJob(storage),
      ...createWriteManifestPart(storage),
      ...createWriteManifest(storage),
    }),
  };
}
