/** The API's `JobDetails`: progress of a job, node by node. */
export interface JobDetails {
  jobId: string;
  /** `SCHEDULED`, `IN_PROGRESS`, `SUCCESS`, `COMPLETED_WITH_ERRORS`, `STOPPED`, `FAILED`, or a newer value. Not the enum of `Job.status`. */
  processingStatus: string;
  message: string | null;
  nodeStats: NodeStats[];
  /**
   * Number of nodes that could not be read completely. Unreadable nodes are left out, and unreadable counts are 0. Absent if there are
   * none.
   */
  unreadableEntries?: number | undefined;
}

/** Number of files in each state at one node. */
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
  /**
   * The document as the API names it: a file name, a file id or a path. Which of these is not documented. Empty if the API gives no name.
   */
  document: string;
  error: string;
}

/** The failed documents of a job, as returned by an activity. */
export interface FailedFileList {
  /** As many entries as fit into 1 MiB of JSON. */
  failedFiles: FailedFile[];
  failedFilesTotal: number;
}

/** Current status of a job's files, read on demand. The API allows 12 such calls a minute for a job. Never polled. */
export interface JobFileStatus {
  jobId: string;
  files: FileStatus[];
  /** Number of entries of the list that could not be read and are left out. */
  unreadableEntries: number;
  /** Whether the API cut the list. */
  truncated: boolean;
  /** Whether the job has found all its files; null if the answer does not say. */
  indexFinished: boolean | null;
  /** ISO-8601 instant; null if the answer has none. */
  generatedAt: string | null;
}

export interface FileStatus {
  recordId: string | null;
  document: string | null;
  /** `READY`, `IN_PROGRESS`, `SUCCESS`, `FAILURE`, or a newer value. */
  status: string;
  error: string | null;
  /** As the API sends it. Its unit is not documented. */
  timeElapsed: number | null;
  currentNode: { id: string | null; status: string | null; tries: number | null; timeElapsed: number | null } | null;
}
