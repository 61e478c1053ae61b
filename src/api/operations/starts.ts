import { z } from 'zod';
import { invalidInput, UnstructuredRequestError } from '../../core/errors';
import type { Job } from '../../core/job';
import type { JobToStart } from '../../core/start/request';
import { jsonBody } from '../http/json';
import { readReason } from '../http/reason';
import type { Operation } from '../http/transport';
import { readJob } from './read-job';

/** An on-demand job: a template or nodes. */
export type JobTemplate = Exclude<JobToStart, { workflowId: string }>;

/** Value of the form field `request_data`. */
export function toRequestData(template: JobTemplate): string {
  if ('templateId' in template && typeof template.templateId === 'string' && template.templateId !== '')
    return JSON.stringify({ template_id: template.templateId });
  if ('jobNodes' in template && Array.isArray(template.jobNodes) && template.jobNodes.length > 0)
    return JSON.stringify({ job_nodes: template.jobNodes });
  throw invalidInput('createJob needs { templateId } or { jobNodes }, not empty.');
}

/** `POST /jobs/`: starts an on-demand job. Its body is an upload. */
export const createJobOperation: Operation<Job> = {
  method: 'POST',
  path: '/jobs/',
  receive: (head, rules) => jsonBody(head, rules, (json) => readJob(json, rules.redactor)),
};

/** Answer to a run of a workflow: the job that was started, or no job if a run is already in progress. `detail` is the API's text, redacted. */
export type RunWorkflowAnswer = { started: true; job: Job } | { started: false; detail: string };

/** An answer that says that no job was started. Any other answer without a job could still mean that one was started. */
const noJob = z.object({ id: z.null().optional(), detail: z.string().regex(/\S/) });

/** What the sentence of a busy workflow says, in whatever other form it comes. Less than that could be said of a job that was started. */
const NO_NEW_JOB = /\bno new (job|run)\b/i;

/** The text of a conflict that says that the workflow is busy. The API documents this text only with a 202. */
const IN_PROGRESS = /\bin progress\b|\balready running\b/i;

/** Reads the answer of a busy workflow from a conflict. @throws the error itself if it is not a conflict with a run in progress */
export function readConflict(error: unknown): RunWorkflowAnswer {
  const { status, detail, validation = [] } = error instanceof UnstructuredRequestError ? error.details : {};
  const told = detail ?? validation.map(({ msg }) => msg).join('; ');
  if (status !== 409 || !IN_PROGRESS.test(told)) throw error;
  return { started: false, detail: told };
}

/** Whether an answer contains an id anywhere. Then it may be that of a started job. */
const HAS_ID = /"(?:job_?)?id":(?!null|"")/i;

/** Why there is no job; undefined if there may be one. */
function whyNoJob(status: number, json: unknown): string | undefined {
  const documented = status === 202 ? noJob.safeParse(json) : undefined;
  if (documented?.success) return documented.data.detail;
  const reason = HAS_ID.test(JSON.stringify(json)) ? undefined : readReason(json);
  return reason !== undefined && NO_NEW_JOB.test(reason) ? reason : undefined;
}

/** `POST /workflows/{workflow_id}/run`: 202 with a job, or 202 without one. `workflowId` is checked. */
export function runWorkflowOperation(workflowId: string): Operation<RunWorkflowAnswer> {
  return {
    method: 'POST',
    path: `/workflows/${workflowId}/run`,
    receive: (head, rules) =>
      jsonBody(head, rules, (json) => {
        const reason = whyNoJob(head.status, json);
        if (reason === undefined) return { started: true, job: readJob(json, rules.redactor) };
        return { started: false, detail: rules.redactor.excerpt(reason) };
      }),
  };
}
