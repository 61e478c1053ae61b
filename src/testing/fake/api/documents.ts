import { filesOf } from '../job-files';
import { aboutJob } from '../job-of';
import type { JobState } from '../job/job-state';
import type { ApiAnswer, ApiRequest } from './routes';

/** `GET /jobs/{job_id}/details`. */
export function getJobDetails(request: ApiRequest): Promise<ApiAnswer> {
  return aboutJob(request, 'getJobDetails', (state, jobStatus) => {
    const status = lags(state, request.now) ? 'IN_PROGRESS' : jobStatus;
    return {
      status: 200,
      json: {
        id: state.facts.id,
        processing_status: processingStatus(state, status),
        node_stats: nodeStats(state, status),
      },
    };
  });
}

/** `GET /jobs/{job_id}/failed-files`. */
export function getJobFailedFiles(request: ApiRequest): Promise<ApiAnswer> {
  return aboutJob(request, 'getJobFailedFiles', (state) => ({
    status: 200,
    json: { failed_files: lags(state, request.now) ? [] : failedFiles(state) },
  }));
}

/** Whether what is told of the documents is still that of the running job. */
function lags(state: JobState, now: number): boolean {
  const endedAt = state.endedAt(now);
  return endedAt !== undefined && now < endedAt + state.answers.detailsLag;
}

/** A COMPLETED job tells here whether all its files succeeded. */
function processingStatus(state: JobState, status: string): string {
  if (status !== 'COMPLETED') return status;
  return filesOf(state).some(({ error }) => error !== undefined) ? 'COMPLETED_WITH_ERRORS' : 'SUCCESS';
}

function failedFiles(state: JobState): { document: string; error: string }[] {
  const naming = state.answers.failedFileNames;
  return filesOf(state).flatMap(({ fileId, name, error }) => {
    if (error === undefined) return [];
    const document = { name, fileId, path: `/tmp/input/${name}` }[naming];
    return [{ document, error }];
  });
}

function nodeStats(state: JobState, status: string): Record<string, unknown>[] {
  const files = filesOf(state);
  const failure = files.filter(({ error }) => error !== undefined).length;
  const counts = { ready: 0, in_progress: 0, success: 0, failure: 0 };
  const at: Record<string, typeof counts> = {
    SCHEDULED: { ...counts, ready: files.length },
    IN_PROGRESS: { ...counts, in_progress: files.length },
    COMPLETED: { ...counts, success: files.length - failure, failure },
  };
  return state.facts.nodes.map(({ type, subtype }) => ({
    node_name: subtype,
    node_type: type,
    node_subtype: subtype,
    ...(at[status] ?? { ...counts, failure: files.length }),
  }));
}
