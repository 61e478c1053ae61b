import type { BatchCounts } from './manifest';

/** Result of a batch. What became of each document, the manifest tells. */
export interface RunJobsResult {
  counts: BatchCounts;
  manifest: {
    /** Where `manifest.json` is, as the sink names it. */
    location: string;
    /** How many parts stand beside it, one for each job. */
    parts: number;
  };
}
