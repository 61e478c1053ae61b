import { z } from 'zod';
import type { JobDetails } from '../../core/job-details';
import { jsonBody } from '../http/json';
import { optionalText, readAnswer } from './read-answer';
import type { Redactor } from '../redact';
import type { Operation } from '../http/transport';

const count = z.int().min(0).catch(0);

const detailsSchema = z.object({
  processing_status: z.string().min(1),
  message: optionalText,
  node_stats: z
    .array(
      z.object({
        node_name: optionalText,
        node_type: optionalText,
        node_subtype: optionalText,
        ready: count,
        in_progress: count,
        success: count,
        failure: count,
      }),
    )
    .nullish(),
});

/** `GET /jobs/{job_id}/details`. `jobId` is checked. */
export function getJobDetailsOperation(jobId: string, redactor: () => Redactor): Operation<JobDetails> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}/details`,
    jobId,
    receive: (head, maxBytes) =>
      jsonBody(head, maxBytes, (json) => {
        const wire = readAnswer(detailsSchema, json, 'job details');
        return {
          jobId,
          processingStatus: wire.processing_status,
          message: wire.message == null ? null : redactor().known(wire.message),
          nodeStats: (wire.node_stats ?? []).map((node) => ({
            nodeName: node.node_name ?? null,
            nodeType: node.node_type ?? null,
            nodeSubtype: node.node_subtype ?? null,
            ready: node.ready,
            inProgress: node.in_progress,
            success: node.success,
            failure: node.failure,
          })),
        };
      }),
  };
}
