import type { Job } from '../../src/core/job';

/** The API operations that a watch needs. `UnstructuredClient` implements them. */
export interface WatchPort {
  getJob(jobId: string, options?: WatchCallOptions): Promise<Job>;
  listJobs(filter: { status: string }, options?: WatchCallOptions): Promise<{ jobs: Job[] }>;
}

export interface WatchCallOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  /** Called when the request is sent. Before that, it may wait for its turn. */
  onSending?: (() => void) | undefined;
}
