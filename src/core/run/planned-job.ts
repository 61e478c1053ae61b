/** Where the plan and the manifest of a batch are stored. */
export interface BatchPlace {
  /** Folder or prefix of the outputs. */
  to: string;
  /** The key of the batch. */
  key: string;
}

/** Fields in the input of every activity that reads or writes the records of a batch. */
export interface RecordsRequest extends BatchPlace {
  /**
   * How long the storage may refuse the worker's credential since it last accepted it, in milliseconds.
   * @default 3_600_000
   */
  credentialBudgetMs?: number | undefined;
}

/** The job of a plan that a run is for. The run's input contains it in place of documents. */
export interface PlannedJob extends BatchPlace {
  /** The job's number in the plan, from 1. */
  part: number;
  /** Id under which this part of the plan is stored. Another plan of the same key has another id. */
  plan: string;
  /** When the job is to start, ISO-8601, so that starts keep their distance. */
  startAt?: string | undefined;
}

/** The run of one job of a batch. */
export interface PartRun {
  workflowId: string;
  /** Run id of the first execution, which stays the same when the run continues as new. */
  runId: string;
}

/** Outcome of a document of a batch. */
export const DOCUMENT_STATUSES = ['ok', 'failed', 'refused', 'missing'] as const;
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number];

/** Number of documents by outcome. */
export type StatusCounts = Record<DocumentStatus, number>;
