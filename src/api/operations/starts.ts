import { z } from 'zod';
import { invalidInput, UnstructuredRequestError } from '../../core/errors';
import type { Job } from '../../core/job';
import type { JobToStart } from '../../core/start/request';
import { jsonBody } from '../http/json';
import type { Operation } from '../http/transport';
import type { Redactor } from '../http/redact';
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
  receive: (head, maxBytes) => jsonBody(head, maxBytes, readJob),
};

/** Answer to a run of a workflow: the job that was started, or no job if a run is already in progress. `detail` is the API's text, redacted. */
export type RunWorkflowAnswer = { started: true; job: Job } | { started: false; detail: string };

/** An answer that says that no job was started. Any other answer without a job could still mean that one was started. */
const noJob = z.object({ id: z.null().optional(), detail: z.string().regex(/\S/) });

/** The text of a conflict that says that the workflow is busy. The API documents this text only with a 202. */
const IN_PROGRESS = /\bin progress\b|\balready running\b/i;

/** Reads the answer of a busy workflow from a conflict. @throws the error itself if it is not a conflict with a run in progress */
export function readConflict(error: unknown): RunWorkflowAnswer {
  const { status, detail = '' } = error instanceof UnstructuredRequestError ? error.details : {};
  if (status !== 409 || !IN_PROGRESS.test(detail)) throw error;
  return { started: false, detail };
}

/** `POST /workflows/{workflow_id}/run`: 202 with a job, or 202 without one. `workflowId` is checked. */
export function runWorkflowOperation(workflowId: string, redactor: () => Redactor): Operation<RunWorkflowAnswer> {
  return {
    method: 'POST',
    path: `/workflows/${workflowId}/run`,
    receive: (head, maxBytes) =>
      jsonBody(head, maxBytes, (json) => {
        const none = head.status === 202 ? noJob.safeParse(json) : undefined;
        if (!none?.success) return { started: true, job: readJob(json) };
        return { started: false, detail: redactor().excerpt(none.data.detail) };
      }),
  };
}
