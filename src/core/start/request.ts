import type { AttributeNames } from '../attributes';
import type { RefusedDocument } from '../refusal';
import type { JobSummary, NodeFile } from '../job';
import type { OnRefused } from './options';

/** Input of the activities that start a job. They run only once: a start whose answer is lost must not be sent again blindly. */
export interface StartRequest<Job extends JobToStart = JobToStart> {
  account?: string | undefined;
  start: Job;
  /** In the order of upload. */
  documents: UploadRequest[];
  /** Largest document, in bytes. */
  maxDocumentBytes: number;
  /** What happens if documents are refused before anything is sent: nothing is sent, or only the others are. @default 'fail' */
  onRefused?: OnRefused | undefined;
  /** Documents that earlier sends gave up. They are not opened, and count as refused. @default none */
  refused?: RefusedDocument[] | undefined;
  /** Target of the outputs. Nothing is sent if the worker's configuration does not allow it. @default not checked */
  outputsTo?: string | undefined;
  /** Whether to signal to the workflow how many documents are sent. */
  report?: boolean | undefined;
  /**
   * For a run without documents. Right before the send, the workflow's jobs created since this ISO-8601 instant are listed. They are reported with a
   * failure and with heartbeats.
   * @default not listed
   */
  listJobsSince?: string | undefined;
  /**
   * The run id with which the workflow began. If the activity's run has another id, the workflow was reset, and an earlier run may have sent the
   * start. Nothing is sent then, and the answer says so.
   * @default not checked
   */
  originalRunId?: string | undefined;
  /** Run id for which the job of such a start was looked for and not found. This run sends the start. */
  searchedRunId?: string | undefined;
  /** Whether a failure after which the start may be sent again goes unreported: a run counts it by itself. @default false */
  benign?: boolean | undefined;
  /** Search attributes of the run. The answer, or the failure, says whether the namespace has them. */
  searchAttributes?: AttributeNames | undefined;
}

/**
 * What an activity that starts a job reports besides its failure. It is the second entry of the failure's details, or the last heartbeat's details
 * after a time-out.
 */
export interface SeenBefore {
  /**
   * Ids of the workflow's jobs right before the send. None of them is the job of the start. null if they were not requested or could not be listed.
   */
  earlierJobIds: string[] | null;
  /** Documents that were refused and left out. */
  skipped?: RefusedDocument[];
  /** Documents that could not be read for now, while others could. They have the form of refused documents, in case this does not pass. */
  broken?: RefusedDocument[];
}

/** A document to upload. The workflow decides the name, so that it can later recognize the document by its file id. */
export interface UploadRequest {
  ref: string;
  uploadName: string;
  /** Beginning of the name, if the worker's source may choose the rest. The prefix alone identifies the document. */
  prefix?: string | undefined;
  contentType?: string | undefined;
}

/** Argument of {@link TRANSFER_SIGNAL}: how many documents are sent, or how many outputs are saved. */
export interface TransferProgress {
  phase: 'upload' | 'collect';
  done: number;
  total: number;
  /** Number of retries. */
  retries?: number;
  /** The last error, with its time in ISO-8601; null if an output was saved after it. */
  lastError?: { type: string; message: string; at: string } | null;
  /** When `credentialBudget` ends, ISO-8601; null unless the last error was a refused key or credential. */
  credentialsEndAt?: string | null;
}

/** A job right after its start, with the lists of the answer to the start, because later answers may lack them. A very large list is left out. */
export interface JobAtStart {
  job: JobSummary;
  inputFileIds: string[] | null;
  outputNodeFiles: NodeFile[] | null;
}

/** Outcome of a start. */
export type StartAnswer = ApiStartAnswer | ResetAnswer;

/** The API's answer to a start. */
export type ApiStartAnswer =
  | ({
      started: true;
      /** Documents that were refused and left out. */
      skipped?: RefusedDocument[];
    } & JobAtStart)
  /** A run of this workflow is in progress, and no new job was started. `detail` is the API's sentence, redacted. */
  | { started: false; detail: string | null };

/** Nothing was sent: the workflow was reset to this run, and an earlier run may have sent the start. Only if `originalRunId` was given. */
export interface ResetAnswer {
  started: false;
  resetRunId: string;
}

/** The job to start. */
export type JobToStart = OnDemandJob | WorkflowRun;

/** An on-demand job. */
export type OnDemandJob =
  /** A job from a template. */
  | { templateId: string }
  /** A job with these nodes, in the form of the API. */
  | { jobNodes: JobNodeInput[] };

/** A run of an existing workflow. Its documents come from its connector or are uploaded. */
export type WorkflowRun = { workflowId: string };

/** A node of an on-demand job. It is passed to the API unchanged. The API validates it. */
export type JobNodeInput = Record<string, unknown>;
