import { isJobId, JOB_STATUSES } from '../../core/job';
import { malformedUuid } from './api/jobs';
import { uuidFrom } from './ids';
import type { JobState } from './job/job-state';
import { errorReply } from './http/reply';
import type { ApiAnswer, ApiRequest } from './api/routes';

/** All jobs, without paging and in no order. Listing is no check: it moves no timeline that counts checks. */
export async function listJobs({ query, world, now }: ApiRequest): Promise<ApiAnswer> {
  const workflowId = query.get('workflow_id');
  const status = query.get('status');
  const problems = [...workflowIdProblems(workflowId), ...statusProblems(status)];
  if (problems.length > 0) return { reply: errorReply(422, problems) };
  const states = [...world.jobs.values()];
  await Promise.all(states.map((state) => state.ready()));
  const listed = states
    .filter(({ addedAt, answers }) => now >= addedAt + answers.listLag)
    .filter(({ facts }) => workflowId === null || facts.workflowId === workflowId.toLowerCase())
    .filter((state) => status === null || state.statusAt(now) === status);
  return { reply: { status: 200, json: listed.sort(byHash).map((state) => state.render(now)) } };
}

/** An order that tells nothing about age, and is always the same. */
function byHash(a: JobState, b: JobState): number {
  return uuidFrom(a.facts.id) < uuidFrom(b.facts.id) ? -1 : 1;
}

function workflowIdProblems(workflowId: string | null): Record<string, unknown>[] {
  return workflowId === null || isJobId(workflowId) ? [] : [malformedUuid(['query', 'workflow_id'], workflowId)];
}

function statusProblems(status: string | null): Record<string, unknown>[] {
  if (status === null || (JOB_STATUSES as readonly string[]).includes(status)) return [];
  const expected = JOB_STATUSES.map((known) => `'${known}'`).join(', ');
  return [{ type: 'enum', loc: ['query', 'status'], msg: `Input should be ${expected}`, input: status }];
}
