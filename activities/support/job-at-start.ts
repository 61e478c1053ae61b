import { encodedBytes } from '../../src/core/encoded-size';
import { type Job, summarize } from '../../src/core/job';
import type { JobAtStart } from '../../src/core/start/request';

/** Maximum size of each list as JSON, in bytes. Temporal refuses an activity's result above 2 MB, and the job's id must not be lost with it. */
const MAX_LIST_BYTES = 384 * 1_024;

/** A job with its lists. A list that is too large for a history is null; its content is requested later. */
export function jobAtStart(job: Job): JobAtStart {
  const { inputFileIds, outputNodeFiles } = job;
  return { job: summarize(job), inputFileIds: bounded(inputFileIds), outputNodeFiles: bounded(outputNodeFiles) };
}

function bounded<T>(list: T[] | null): T[] | null {
  return list && encodedBytes(list) <= MAX_LIST_BYTES ? list : null;
}
