import { filesOf, type JobFile } from './job-files';
import { aboutJob } from './job-of';
import { errorReply } from './http/reply';
import type { ApiAnswer, ApiRequest } from './api/routes';

/** The API allows this many calls a minute for a job. */
const CALLS_PER_MINUTE = 12;

/** `GET /jobs/{job_id}/file-status`. */
export function getJobFileStatus(request: ApiRequest): Promise<ApiAnswer> {
  const { world, now } = request;
  return aboutJob(request, 'getJobFileStatus', (state, status) => {
    const { id, nodes } = state.facts;
    const recent = world.requests.filter(
      ({ operation, jobId, at }) => operation === 'getJobFileStatus' && jobId === id && at > now - 60_000,
    );
    if (recent.length > CALLS_PER_MINUTE) return errorReply(429, 'Rate limit exceeded: 12 per 1 minute');
    const generatedAt = new Date(now).toISOString();
    const files = filesOf(state).map((file) => ({
      record_id: file.fileId,
      document: file.name,
      status: fileStatus(file, status),
      error: status === 'COMPLETED' ? (file.error ?? null) : null,
      time_elapsed: null,
      current_node: status === 'IN_PROGRESS' ? { id: nodes[0]?.id, status: 'IN_PROGRESS', tries: 1 } : null,
    }));
    return { status: 200, json: { id, files, truncated: false, index_finished: true, generated_at: generatedAt } };
  });
}

function fileStatus({ error }: JobFile, status: string): string {
  if (status === 'SCHEDULED') return 'READY';
  if (status !== 'COMPLETED') return status === 'IN_PROGRESS' ? 'IN_PROGRESS' : 'FAILURE';
  return error === undefined ? 'SUCCESS' : 'FAILURE';
}
