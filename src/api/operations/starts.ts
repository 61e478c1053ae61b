import { invalidInput } from '../../core/errors';
import type { Job } from '../../core/job';
import type { StartTarget } from '../../core/start/target';
import { jsonBody } from '../http/json';
import { readJob } from './read-job';
import type { Operation } from '../http/transport';

/** An on-demand job: a template, or nodes. */
export type JobTemplate = Exclude<StartTarget, { workflowId: string }>;

/** Value of the form field `request_data`. */
export function requestDataOf(template: JobTemplate): string {
  if ('templateId' in template && typeof template.templateId === 'string' && template.templateId !== '')
    return JSON.stringify({ template_id: template.templateId });
  if ('jobNodes' in template && Array.isArray(template.jobNodes) && template.jobNodes.length > 0)
    return JSON.stringify({ job_nodes: template.jobNodes });
  throw invalidInput('createJob needs { templateId } or { jobNodes }, not empty');
}

/** `POST /jobs/`: starts an on-demand job. Its body is an upload. */
export const createJobOperation: Operation<Job> = {
  method: 'POST',
  path: '/jobs/',
  receive: (head, maxBytes) => jsonBody(head, maxBytes, readJob),
};
