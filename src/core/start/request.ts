import type { RefusedDocument } from '../document';
import type { OnRefused } from './options';
import type { StartTarget } from './target';

/** Input of the activities that start a job. They run once: a start whose answer is lost must not be sent again blindly. */
export interface StartRequest<Target extends StartTarget = StartTarget> {
  account?: string;
  target: Target;
  /** In the order of upload. */
  documents: UploadRequest[];
  /** Largest document, in bytes. */
  maxFileBytes: number;
  /** What becomes of documents that are refused: nothing is sent, or the others are. @default 'fail' */
  onRefused?: OnRefused;
  /** Target of the outputs: where the worker's configuration does not allow it, nothing is sent. @default not looked at */
  outputsTo?: string;
  /** Whether to signal the workflow how many documents are through. */
  report?: boolean;
  /**
   * For a run without documents: the workflow's jobs created since this ISO-8601 instant are looked at right before the send, and told with
   * a failure and with heartbeats. @default no look
   */
  othersSince?: string;
}

/** What an activity that starts a job tells beside its failure: the second entry of the failure's details, or of a time-out the last heartbeat's. */
export interface SeenBefore {
  /** Ids of the workflow's jobs right before the send, none of them the start's; null where they were not asked for or could not be had. */
  others: string[] | null;
  /** Documents that were refused and left out. */
  skipped?: RefusedDocument[];
}

/** A document to upload. The workflow decides the name, so that it can tell the document by its file id later. */
export interface UploadRequest {
  ref: string;
  uploadName: string;
  /** What the name begins with, where the worker's source may say how the name goes on: it tells the document by itself. */
  prefix?: string;
  contentType?: string;
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
}
