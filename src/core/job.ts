/** A job of the Unstructured Platform API, in camelCase. Field meanings: the API's `JobInformation`. */
export interface Job {
  /** Job id, a uuid. */
  id: string;
  /** `null` if the answer has none. The package bases no decision on it. */
  workflowId: string | null;
  workflowName: string | null;
  /** SCHEDULED, IN_PROGRESS, COMPLETED, STOPPED, FAILED, or a status that this version does not know yet. */
  status: string;
  /** ISO-8601 instant with offset; an answer without an offset is read as UTC. `null` if the answer has no instant. */
  createdAt: string | null;
  /** ISO-8601 duration as the API sent it. Completed jobs were seen with `PT0S`, so do not compute with it. */
  runtime: string | null;
  /** `ephemeral`, `persistent`, `scheduled`, `template`, or a newer value. Older answers have none. */
  jobType: string | null;
  /** `null` if the answer has no list. */
  inputFileIds: string[] | null;
  /** One entry per input file and node, in node order; `null` if the answer has no list. */
  outputNodeFiles: NodeFile[] | null;
  /** Number of entries of these lists that could not be read and are left out. Absent if there are none. */
  unreadableEntries?: number | undefined;
}

/** An output of one node for one input file: the API's `NodeFileMetadata`. */
export interface NodeFile {
  nodeId: string;
  /** Shared by all nodes of one input file. Not a uuid; may contain any character. */
  fileId: string;
  nodeType?: string | undefined;
  nodeSubtype?: string | undefined;
}

/** Which output node files to return: all, each file's last node, or none. */
export type FileSelection = 'all' | 'final' | 'none';

export const FILE_SELECTIONS = ['all', 'final', 'none'] as const satisfies readonly FileSelection[];

/** The API's `JobStatus` values. */
export const JOB_STATUSES = ['SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'STOPPED', 'FAILED'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/** What a status means for a wait. An unknown status is never treated as terminal. */
export type Verdict = 'queued' | 'running' | 'completed' | 'stopped' | 'failed' | 'unknown';

const VERDICTS: Readonly<Record<JobStatus, Verdict>> = Object.freeze({
  SCHEDULED: 'queued',
  IN_PROGRESS: 'running',
  COMPLETED: 'completed',
  STOPPED: 'stopped',
  FAILED: 'failed',
});

export function verdictOf(status: string): Verdict {
  return Object.hasOwn(VERDICTS, status) ? VERDICTS[status as JobStatus] : 'unknown';
}

export function isTerminal(verdict: Verdict | null): verdict is 'completed' | 'stopped' | 'failed' {
  return verdict === 'completed' || verdict === 'stopped' || verdict === 'failed';
}

/** Picks the node files that `selection` asks for. The API lists nodes in order, so the last node of a file is the file's last entry. */
export function selectFiles(files: readonly NodeFile[], selection: FileSelection): NodeFile[] {
  if (selection === 'none') return [];
  if (selection === 'all') return [...files];
  return [...new Map(files.map((file) => [file.fileId, file])).values()];
}

const JOB_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether `value` may be sent as a job id: a uuid in its usual form. */
export function isJobId(value: unknown): value is string {
  return typeof value === 'string' && JOB_ID.test(value);
}

/** A job without its lists, as every check returns it. */
export type JobSummary = Omit<Job, 'inputFileIds' | 'outputNodeFiles' | 'unreadableEntries'>;

export function summarize({
  id,
  workflowId,
  workflowName,
  status,
  createdAt,
  runtime,
  jobType,
}: JobSummary): JobSummary {
  return { id, workflowId, workflowName, status, createdAt, runtime, jobType };
}
