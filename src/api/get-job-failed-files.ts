import { z } from 'zod';
import type { FailedFile } from '../core/job-details';
import { jsonBody } from './json';
import { optionalText, readAnswer } from './read-answer';
import type { Operation } from './transport';

const failedFilesSchema = z.object({
  failed_files: z.array(z.object({ document: z.string(), error: optionalText })),
});

/** `GET /jobs/{job_id}/failed-files`. `jobId` is checked. */
export function getJobFailedFilesOperation(jobId: string): Operation<FailedFile[]> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}/failed-files`,
    jobId,
    receive: (head, maxBytes) =>
      jsonBody(head, maxBytes, (json) =>
        readAnswer(failedFilesSchema, json, 'list of failed files').failed_files.map(({ document, error }) => ({
          document,
          error: error ?? '',
        })),
      ),
  };
}
