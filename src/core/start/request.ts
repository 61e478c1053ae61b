import type { StartTarget } from './target';

/** Input of the activities that start a job. They run once: a start whose answer is lost must not be sent again blindly. */
export interface StartRequest {
  account?: string;
  target: StartTarget;
  /** In the order of upload. */
  documents: UploadRequest[];
  /** Largest document, in bytes. */
  maxFileBytes: number;
  /** Whether to signal the workflow how many documents are through. */
  report?: boolean;
}

/** A document to upload. The workflow decides the name, so that it can tell the document by its file id later. */
export interface UploadRequest {
  ref: string;
  uploadName: string;
  contentType?: string;
}

/** What {@link TRANSFER_SIGNAL} carries: how many documents are sent, or outputs are saved. */
export interface TransferProgress {
  phase: 'upload' | 'collect';
  done: number;
  total: number;
}
