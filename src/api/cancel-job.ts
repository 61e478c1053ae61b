import type { Operation } from './http/transport';

/** `POST /jobs/{job_id}/cancel`. What a success says is not specified, so it is not read. `jobId` is checked. */
export function cancelJobOperation(jobId: string): Operation<void> {
  return {
    method: 'POST',
    path: `/jobs/${jobId}/cancel`,
    jobId,
    receive: () => ({ write: () => undefined, end: () => undefined }),
  };
}
