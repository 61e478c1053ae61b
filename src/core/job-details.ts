/** The API's `JobDetails`: how far a job is, node by node. */
export interface JobDetails {
  jobId: string;
  /** `SCHEDULED`, `IN_PROGRESS`, `SUCCESS`, `COMPLETED_WITH_ERRORS`, `STOPPED`, `FAILED`, or a newer value. Not the enum of `Job.status`. */
  processingStatus: string;
  message: string | null;
  nodeStats: NodeStats[];
  /** How many nodes could not be read, and are left out, or not all counts of which could be, which then are 0. Absent where all could. */
  unreadableEntries?: number | undefined;
}

/** How many files stand where at one node. */
export interface NodeStats {
  nodeName: string | null;
  nodeType: string | null;
  nodeSubtype: string | null;
  ready: number;
  inProgress: number;
  success: number;
  failure: number;
}

/** A document that the job could not process, with the vendor's reason. */
export interface FailedFile {
  /** As the API names it: a file name, a file id or a path; which of them is not documented. Empty where it names none. */
  document: string;
  error: string;
}

/** The failed documents of a job, as an activity tells them. */
export interface FailedFileList {
  /** As many as fit into 1 MiB of JSON. */
  failedFiles: FailedFile[];
  failedFilesTotal: number;
}

/** A job's files at this moment, for a look on demand: the API allows 12 such calls a minute for a job. Never polled. */
export interface JobFileStatus {
  jobId: string;
  files: FileStatus[];
  /** How many entries of the list could not be read, and are left out. */
  unreadableEntries: number;
  /** Whether the list is cut by the API. */
  truncated: boolean;
  /** Whether the job knows all its files by now; null where the answer does not tell. */
  indexFinished: boolean | null;
  /** ISO-8601 instant; null where the answer told none. */
  generatedAt: string | null;
}

export interface FileStatus {
  recordId: string | null;
  document: string | null;
  /** `READY`, `IN_PROGRESS`, `SUCCESS`, `FAILURE`, or a newer value. */
  status: string;
  error: string | null;
  /** As the API sends it; its unit is not documented. */
  timeElapsed: number | null;
  currentNode: { id: string | null; status: string | null; tries: number | null; timeElapsed: number | null } | null;
}
