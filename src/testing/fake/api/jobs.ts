import { isJobId } from '../../../core/job';
import { errorReply, JOB_NOT_FOUND } from '../http/reply';
import type { ApiAnswer, ApiRequest } from './routes';

export async function getJob({ params, world, now, method, path }: ApiRequest): Promise<ApiAnswer> {
  const id = params['job_id'] ?? '';
  if (!isJobId(id)) return { reply: errorReply(422, [malformedUuid(['path', 'job_id'], id)]) };
  const state = world.jobs.get(id.toLowerCase());
  if (!state) return { reply: JOB_NOT_FOUND };
  await state.ready();
  const { check, status, json, faults } = state.check(now, { method, path });
  return { reply: { status: 200, json }, faults, job: { state, status, check } };
}

/** A validation item as FastAPI words it. */
export function malformedUuid(loc: string[], input: string): Record<string, unknown> {
  return { type: 'uuid_parsing', loc, msg: 'Input should be a valid UUID', input };
}
