import { isJobId } from '../../core/job';
import { malformedUuid } from './api/jobs';
import type { JobState } from './job/job-state';
import type { Operation } from './api/operations';
import { errorReply, JOB_NOT_FOUND, type Reply } from './http/reply';
import type { ApiAnswer, ApiRequest } from './api/routes';

/** Answers a request about one job, with that job's faults; 422 and 404 where there is none. */
export async function aboutJob(
  { params, world, now, method, path }: ApiRequest,
  operation: Operation,
  reply: (state: JobState, status: string) => Reply,
): Promise<ApiAnswer> {
  const id = params['job_id'] ?? '';
  if (!isJobId(id)) return { reply: errorReply(422, [malformedUuid(['path', 'job_id'], id)]) };
  const state = world.jobs.get(id.toLowerCase());
  if (!state) return { reply: JOB_NOT_FOUND };
  await state.ready();
  const status = state.statusAt(now);
  const faults = state.faultsFor(operation, now, { method, path });
  return { reply: reply(state, status), faults, job: { state, status } };
}
