import type { AttributeNames } from '../attributes';
import type { RefusedDocument } from '../refusal';
import type { JobSummary, NodeFile } from '../job';
import type { OnRefused } from './options';

/** Input of the activities that start a job. They run once: a start whose answer is lost must not be sent again blindly. */
export interface StartRequest<Job extends JobToStart = JobToStart> {
  account?: string | undefined;
  start: Job;
  /** In the order of upload. */
  documents: UploadRequest[];
  /** Largest document, in bytes. */
  maxDocumentBytes: number;
  /** What becomes of documents that are refused before anything is sent: nothing is, or the others are. @default 'fail' */
  onRefused?: OnRefused | undefined;
  /** Documents that earlier sends gave up: they are not opened, and count as refused. @default none */
  refused?: RefusedDocument[] | undefined;
  /** Target of the outputs: where the worker's configuration does not allow it, nothing is sent. @default not looked at */
  outputsTo?: string | undefined;
  /** Whether to signal the workflow how many documents are through. */
  report?: boolean | undefined;
  /**
   * For a run without documents: the workflow's jobs created since this ISO-8601 instant are looked at right before the send, and reported with
   * a failure and with heartbeats. @default no look
   */
  listJobsSince?: string | undefined;
  /**
   * The run id that the workflow began with. Where the activity's run has another, the workflow was reset, and a run before may have sent the
   * start: then nothing is sent, and the answer says so. @default not looked at
   */
  originalRunId?: string | undefined;
  /** The run for which the job of such a start was looked for in vain: it sends. */
  searchedRunId?: string | undefined;
  /** Search attributes of the run: the answer, or the failure, says whether the namespace has them. */
  searchAttributes?: AttributeNames | undefined;
}

/** What an activity that starts a job reports beside its failure: the second entry of the failure's details, or of a time-out the last heartbeat's. */
export interface SeenBefore {
  /** Ids of the workflow's jobs right before the send, none of them the start's; null where they were not requested or could not be listed. */
  earlierJobIds: string[] | null;
  /** Documents that were refused and left out. */
  skipped?: RefusedDocument[];
  /** Documents that could not be read for now, where others could: in the form of refused ones, should that not pass. */
  broken?: RefusedDocument[];
}

/** A document to upload. The workflow decides the name, so that it can recognize the document by its file id later. */
export interface UploadRequest {
  ref: string;
  uploadName: string;
  /** What the name begins with, where the worker's source may say how the name goes on: it identifies the document by itself. */
  prefix?: string | undefined;
  contentType?: string | undefined;
}

/** What {@link TRANSFER_SIGNAL} carries: how many documents are sent, or outputs are saved. */
export interface TransferProgress {
  phase: 'upload' | 'collect';
  done: number;
  total: number;
  /** How often something was tried again. */
  retries?: number;
  /** What went wrong last, ISO-8601; null once an output was saved after it. */
  lastError?: { type: string; message: string; at: string } | null;
  /** When `credentialBudget` ends, ISO-8601; null where what went wrong last was not a refused key or credential. */
  credentialsEndAt?: string | null;
}

/** A job right after its start, with the lists that the answer to the start carried: later answers may lack them. A very large one is left out. */
export interface JobAtStart {
  job: JobSummary;
  inputFileIds: string[] | null;
  outputNodeFiles: NodeFile[] | null;
}

/** What a start came to. */
export type StartAnswer = ApiStartAnswer | ResetAnswer;

/** What the API answered. */
export type ApiStartAnswer =
  | ({
      started: true;
      /** Documents that were refused and left out. */
      skipped?: RefusedDocument[];
    } & JobAtStart)
  /** A run of this workflow is in progress, and no new job was started. `detail` is the API's sentence, redacted. */
  | { started: false; detail: string | null };

/** Nothing was sent: the workflow was reset, to this run, and a run before may have sent the start. Only where `originalRunId` was given. */
export interface ResetAnswer {
  started: false;
  resetRunId: string;
}

/** What to run. */
export type JobToStart = OnDemandJob | WorkflowRun;

/** An on-demand job. */
export type OnDemandJob =
  /** A job from a template. */
  | { templateId: string }
  /** A job of these nodes, as the API takes them. */
  | { jobNodes: JobNodeInput[] };

/** A run of a workflow that exists; its documents come from its connector, or are uploaded. */
export type WorkflowRun = { workflowId: string };

/** A node of an on-demand job. Passed to the API unchanged, which validates it. */
export type JobNodeInput = Record<string, unknown>;
