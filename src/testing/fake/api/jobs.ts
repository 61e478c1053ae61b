import { isJobId, isTerminal, JOB_STATUSES, verdictOf } from '../../../core/job';
import { errorReply, JOB_NOT_FOUND, type Reply } from '../support/reply';
import type { JobState } from '../job/job-state';
import type { Operation } from '../support/operations';
import type { ApiAnswer, ApiRequest } from './request';

export async function getJob({ params, world, now, method, path }: ApiRequest): Promise<ApiAnswer> {
  const id = params['job_id'] ?? '';
  if (!isJobId(id)) return { reply: errorReply(422, [malformedUuid(['path', 'job_id'], id)]) };
  const state = world.jobs.get(id.toLowerCase());
  if (!state) return { reply: JOB_NOT_FOUND };
  await state.ready();
  const { check, status, json, faults } = state.check(now, { method, path });
  return { reply: { status: 200, json }, faults, job: { state, status, check } };
}

/** A validation item in FastAPI's wording. */
export function malformedUuid(loc: string[], input: string): Record<string, unknown> {
  return { type: 'uuid_parsing', loc, msg: 'Input should be a valid UUID', input };
}

/** All jobs, unpaged and in no particular order. Listing is not a check, so it does not advance timelines that count checks. */
export async function listJobs({ query, world, now }: ApiRequest): Promise<ApiAnswer> {
  const workflowId = query.get('workflow_id');
  const status = query.get('status');
  const errors = [...workflowIdErrors(workflowId), ...statusErrors(status)];
  if (errors.length > 0) return { reply: errorReply(422, errors) };
  const states = [...world.jobs.values()];
  await Promise.all(states.map((state) => state.ready()));
  const listed = states
    .filter(({ life, answers }) => now >= life.addedAt + answers.listLag)
    .filter(({ facts }) => workflowId === null || facts.workflowId === workflowId.toLowerCase())
    .filter((state) => status === null || state.life.statusAt(now) === status);
  const inOrder = listed.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return { reply: { status: 200, json: inOrder.map((state) => state.render(now)) } };
}

function workflowIdErrors(workflowId: string | null): Record<string, unknown>[] {
  return workflowId === null || isJobId(workflowId) ? [] : [malformedUuid(['query', 'workflow_id'], workflowId)];
}

function statusErrors(status: string | null): Record<string, unknown>[] {
  if (status === null || (JOB_STATUSES as readonly string[]).includes(status)) return [];
  const expected = JOB_STATUSES.map((known) => `'${known}'`).join(', ');
  return [{ type: 'enum', loc: ['query', 'status'], msg: `Input should be ${expected}`, input: status }];
}

/** The content of this answer is not specified. It must be JSON, because the official Python client refuses anything else. */
const ACCEPTED: Reply = { status: 200, json: null };

/** The answer to a cancel of a finished job is not documented, so it is a switch. */
const FINISHED: Readonly<Record<number, Reply>> = {
  200: ACCEPTED,
  404: JOB_NOT_FOUND,
  409: errorReply(409, 'Job is not running'),
};

export function cancelJob(request: ApiRequest): Promise<ApiAnswer> {
  return aboutJob(request, 'cancelJob', (state, status) => {
    const { cancelOfFinished, cancelEffect, cancelTakes } = state.answers;
    if (isTerminal(verdictOf(status))) return FINISHED[cancelOfFinished] ?? JOB_NOT_FOUND;
    if (cancelEffect === 'stops') state.life.stop(request.now + cancelTakes);
    return ACCEPTED;
  });
}

/** Answers a request about one job, with that job's faults; 422 or 404 if there is no such job. */
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
  const status = state.life.statusAt(now);
  const faults = state.faultsFor(operation, now, { method, path });
  return { reply: reply(state, status), faults, job: { state, status } };
}
