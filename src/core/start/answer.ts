import type { RefusedDocument } from '../document';
import type { JobSummary, NodeFile } from '../job';

/** A job right after its start, with the lists that the launch answer carried: later answers may lack them. A very large one is left out. */
export interface LaunchedJob {
  job: JobSummary;
  inputFileIds: string[] | null;
  outputNodeFiles: NodeFile[] | null;
}

/** What a start came to, where the API answered. */
export type StartAnswer =
  | ({
      started: true;
      /** Documents that were refused and left out. */
      skipped?: RefusedDocument[];
    } & LaunchedJob)
  /** A run of this workflow is in progress, and no new job was started. `detail` is the API's sentence, redacted. */
  | { started: false; detail: string | null };
