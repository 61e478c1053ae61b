import { isJobId, JOB_STATUSES } from '../core/job';
import { malformedUuid } from './get-job';
import { errorReply } from './reply';
import type { ApiAnswer, ApiRequest } from './routes';

/** All jobs, without paging. Listing is no check: it moves no timeline that counts checks. */
export async function listJobs({ query, jobs, now }: ApiRequest): Promise<ApiAnswer> {
  const workflowId = query.get('workflow_id');
  const status = query.get('status');
  const problems = [...workflowIdProblems(workflowId), ...statusProblems(status)];
  if (problems.length > 0) return { reply: errorReply(422, problems) };
  const states = [...jobs.values()];
  await Promise.all(states.map((state) => state.ready()));
  const listed = states
    .filter(({ facts }) => workflowId === null || facts.workflowId === workflowId.toLowerCase())
    .filter((state) => status === null || state.statusAt(now) === status);
  return { reply: { status: 200, json: listed.map((state) => state.render(now)) } };
}

function workflowIdProblems(workflowId: string | null): Record<string, unknown>[] {
  return workflowId === null || isJobId(workflowId) ? [] : [malformedUuid(['query', 'workflow_id'], workflowId)];
}

function statusProblems(status: string | null): Record<string, unknown>[] {
  if (status === null || (JOB_STATUSES as readonly string[]).includes(status)) return [];
  const expected = JOB_STATUSES.map((known) => `'${known}'`).join(', ');
  return [{ type: 'enum', loc: ['query', 'status'], msg: `Input should be ${expected}`, input: status }];
}
