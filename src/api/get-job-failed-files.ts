import { z } from 'zod';
import type { FailedFile } from '../core/job-details';
import { jsonBody } from './http/json';
import { optionalText, readAnswer } from './operations/read-answer';
import type { Redactor } from './redact';
import type { Operation } from './http/transport';

const failedFilesSchema = z.object({
  failed_files: z.array(z.object({ document: z.string(), error: optionalText })),
});

/** `GET /jobs/{job_id}/failed-files`. `jobId` is checked. The reasons are the vendor's text, without the keys that are known. */
export function getJobFailedFilesOperation(jobId: string, redactor: () => Redactor): Operation<FailedFile[]> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}/failed-files`,
    jobId,
    receive: (head, maxBytes) =>
      jsonBody(head, maxBytes, (json) => {
        const { failed_files: files } = readAnswer(failedFilesSchema, json, 'list of failed files');
        const keys = redactor();
        return files.map(({ document, error }) => ({ document, error: keys.known(error ?? '') }));
      }),
  };
}
