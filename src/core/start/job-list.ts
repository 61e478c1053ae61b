import type { AttributeNames } from '../attributes';
import type { JobSummary } from '../job';
import type { JobAtStart } from './request';

/**
 * Input of the activity that lists jobs. The API's list has no pages. `workflowId` or a status that is not terminal must narrow it. For a terminal
 * status, `createdAfter` bounds what is reported, but not what the API sends.
 */
export interface ListJobsInput {
  /** Search attributes of the workflow. The answer, or the failure, says whether the namespace has them. */
  searchAttributes?: AttributeNames | undefined;
  account?: string | undefined;
  workflowId?: string | undefined;
  status?: string | undefined;
  /** Leaves out jobs created before this ISO-8601 instant. A job without a readable instant stays, unless the oldest jobs are requested. */
  createdAfter?: string | undefined;
  /** Whether the oldest jobs come first, so that the newest are left out. Jobs without a readable instant are left out too. @default false */
  oldestFirst?: boolean | undefined;
  /** Whether a failure appears in no log and no failure metric, because a wait or a start counts it itself. @default false */
  benign?: boolean | undefined;
  /** The token at the beginning of uploaded names: see `carrying`. */
  token?: string | undefined;
  /** Whether each job lists its input files. @default false */
  inputFiles?: boolean | undefined;
}

/** A job of a list. */
export interface ListedJob extends JobSummary {
  /** Ids of its first input files, which begin with the uploaded names. Set only if they were requested and the answer has them. */
  inputFileIds?: string[] | undefined;
}

/** Jobs in the form that passes through a history: newest first unless requested otherwise, without their lists. */
export interface JobList {
  /** At most 100. */
  jobs: ListedJob[];
  total: number;
  /**
   * At most 2 jobs with a file id that starts with the token and a hyphen, with their lists. `createdAfter` applies only to ended jobs without
   * a workflow. Empty if no token was requested.
   */
  carrying: JobAtStart[];
  /**
   * Number of entries that could not be read and are left out. Each may be a job that is looked for. If the oldest jobs come first, only entries
   * that may be older than the first job count. Absent if there are none.
   */
  unreadableEntries?: number | undefined;
  /** How many of all these jobs do not name all their files: each may carry the token. Absent where all do, and where no token was asked for. */
  unknownFiles?: number | undefined;
}
