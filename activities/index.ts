/**
 * Entry for the worker process: factories of activities, for workers without the plugin. Runs in plain Node. Must not import workflow code
 * or the plugin.
 *
 * @module temporal-unstructured/activities
 */
import type { StorageOptions } from '../src/storage/options';
import { Storage } from '../src/storage/storage';
import { createAllActivities, type UnstructuredPort } from './all-activities';
import { createGetJob, type GetJobPort, type GetJobSettings } from './get-job';
import type { ClientOf } from './support/perform-activity';
import type { UnstructuredActivities } from './types';
import { Watches } from './watch/watches';

/**
 * Creates all activities, for workers without the plugin. These workers do not watch jobs, because nothing would hand over their watches when they
 * stop.
 * @param storage Which documents may be read and where outputs may be written; by default none and nowhere
 */
export function createUnstructuredActivities(
  clientOf: ClientOf<UnstructuredPort>,
  storage: Storage = new Storage(),
): UnstructuredActivities {
  return createAllActivities(clientOf, storage, new Watches(false));
}

export { createGetJob, Storage, type StorageOptions };
export type { ClientOf, GetJobPort, GetJobSettings, UnstructuredActivities, UnstructuredPort };
export type {
  AskDocumentsInput,
  CheckJobInput,
  CountedJobInput,
  GetJobInput,
  JobInput,
  OperationActivities,
  WatchJobInput,
} from './types';
export type { HeldDigests, JobCheck, ListCheck } from '../src/core/wait/job-check';
export type { WatchOffer } from '../src/core/wait/state';
export type { WatchAnswer, WatchRequest } from '../src/core/wait/watch';
export type { FailedFileList } from '../src/core/job-details';
