import type { AttributeNames } from '../attributes';
import type { JobSummary } from '../job';
import type { JobAtStart } from './request';

/**
 * Input of the activity that lists jobs. The API's list is unpaged: `workflowId` or a status that is not terminal must narrow it; for a
 * terminal one `createdAfter` bounds what is reported, though not what the API sends.
 */
export interface ListJobsInput {
  /** Search attributes of the workflow: the answer, or the failure, says whether the namespace has them. */
  searchAttributes?: AttributeNames | undefined;
  account?: string | undefined;
  workflowId?: string | undefined;
  status?: string | undefined;
  /** Leaves out jobs created before this ISO-8601 instant. A job without a readable instant stays, unless the oldest is asked for. */
  createdAfter?: string | undefined;
  /** Whether the oldest jobs come first, and the newest are those left out; those without a readable instant, too. @default false */
  oldestFirst?: boolean | undefined;
  /** Whether a failure goes unreported: a wait or a start that looks counts it by itself. @default false */
  benign?: boolean | undefined;
  /** The token that uploaded names begin with: see `carrying`. */
  token?: string | undefined;
  /** Whether each job lists its input files. @default false */
  inputFiles?: boolean | undefined;
}

/** A job of a list. */
export interface ListedJob extends JobSummary {
  /** Ids of its first input files, which begin with the uploaded names. Set only if they were requested and the answer has them. */
  inputFileIds?: string[] | undefined;
}

/** Jobs as they travel through a history: newest first unless asked for otherwise, without their lists. */
export interface JobList {
  /** At most 100. */
  jobs: ListedJob[];
  total: number;
  /**
   * At most 2 jobs with an input file id that starts with the token and a hyphen, with their lists. `createdAfter` counts for ended jobs of no
   * workflow only. Empty where no token was asked for.
   */
  carrying: JobAtStart[];
  /** How many entries could not be read, and are left out: each may be a job that is looked for. Absent where all could. */
  unreadableEntries?: number | undefined;
}
