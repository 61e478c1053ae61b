import { z } from 'zod';
import type { JobFileStatus } from '../core/job-details';
import { readInstant } from './instant';
import { jsonBody } from './http/json';
import { optionalNumber, optionalText, readAnswer } from './operations/read-answer';
import type { Redactor } from './redact';
import type { Operation } from './http/transport';

const flag = z.boolean().nullish().catch(null);

const fileStatusSchema = z.object({
  files: z.array(
    z.object({
      record_id: optionalText,
      document: optionalText,
      status: z.string().min(1),
      error: optionalText,
      time_elapsed: optionalNumber,
      current_node: z
        .object({ id: optionalText, status: optionalText, tries: optionalNumber, time_elapsed: optionalNumber })
        .nullish()
        .catch(null),
    }),
  ),
  truncated: flag,
  index_finished: flag,
  generated_at: optionalText,
});

/** `GET /jobs/{job_id}/file-status`: for a look on demand, at most 12 calls a minute for a job. `jobId` is checked. */
export function getJobFileStatusOperation(jobId: string, redactor: () => Redactor): Operation<JobFileStatus> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}/file-status`,
    jobId,
    receive: (head, maxBytes) => jsonBody(head, maxBytes, (json) => fileStatusOf(jobId, json, redactor())),
  };
}

function fileStatusOf(jobId: string, json: unknown, keys: Redactor): JobFileStatus {
  const wire = readAnswer(fileStatusSchema, json, 'file status');
  return {
    jobId,
    files: wire.files.map(({ current_node: node, ...file }) => ({
      recordId: file.record_id ?? null,
      document: file.document ?? null,
      status: file.status,
      error: file.error == null ? null : keys.known(file.error),
      timeElapsed: file.time_elapsed ?? null,
      currentNode: node
        ? {
            id: node.id ?? null,
            status: node.status ?? null,
            tries: node.tries ?? null,
            timeElapsed: node.time_elapsed ?? null,
          }
        : null,
    })),
    truncated: wire.truncated ?? false,
    indexFinished: wire.index_finished ?? null,
    generatedAt: readInstant(wire.generated_at ?? ''),
  };
}
