/**
 * Worker process: activities as factories over the narrowest port. Runs in plain Node; must not import workflow code, the plugin or a
 * Temporal client.
 */
import { createGetJob, type ClientOf, type GetJobPort, type UnstructuredActivities } from './get-job';

/** All activities, for workers that are set up without the plugin. */
export function createUnstructuredActivities(clientOf: ClientOf<GetJobPort>): UnstructuredActivities {
  return { getJob: createGetJob(clientOf) as UnstructuredActivities['getJob'] };
}

export { createGetJob };
export type { ClientOf, GetJobPort, UnstructuredActivities };
export type { CheckJobInput, GetJobInput } from './get-job';
