import { z } from 'zod';
import type { Job } from '../core/job';
import { jsonBody } from './http/json';
import { readJob } from './operations/read-job';
import type { Redactor } from './redact';
import type { Operation } from './http/transport';

/** A run of a workflow that began, or did not, since one is in progress. `detail` is the API's sentence, redacted. */
export type RunWorkflowAnswer = { started: true; job: Job } | { started: false; detail: string };

/** Anything else without a job could stand for one that was started. */
const noJob = z.object({ id: z.null().optional(), detail: z.string().regex(/\S/) });

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
