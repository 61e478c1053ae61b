import type { BatchCounts } from './manifest';

/** Result of a batch. The manifest has the outcome of each document. */
export interface RunJobsResult {
  counts: BatchCounts;
  manifest: {
    /** Location of `manifest.json`, as the sink names it. */
    location: string;
    /** Number of parts, one for each job. */
    parts: number;
  };
}
