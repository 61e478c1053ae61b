import type { NodeFile } from '../job';
import { given } from '../option-rules';
import type { FileGroup } from './file-groups';

/** An earlier run of the same documents, taken up instead of starting a job: what failures and memos of a run carry. */
export interface ResumedRun {
  /** The job. Without one, `token` and `sentAt` tell of a start whose answer was lost: its job is looked for, and nothing is sent. */
  jobId?: string;
  /** Output node files of the launch answer, each for itself or, as failures and memos carry them, in groups. */
  launchFiles?: NodeFile[] | FileGroup[];
  /** Token of the start: uploaded names begin with it. */
  token?: string | null;
  /** Digest of the documents that were sent, in their order: by that order their files are told, and another list is refused. */
  digest?: string;
  /** When the start was sent, ISO-8601. */
  sentAt?: string;
  /** When its answer was known to be lost, ISO-8601: a job begun later is not its job. Without it, a run without documents is not told from the list. */
  lostAt?: string;
  /** Jobs of the workflow that were there right before the start was sent: they are not its job. */
  others?: string[];
  /**
   * Whether the run started the job: `true` cancels it like one that this run started; `false` is a job that was taken over, which holds none
   * of the documents. @default unknown: left when the run is cancelled
   */
  ours?: boolean;
}

/** After the check. */
export interface ResolvedResume extends ResumedRun {
  launchFiles?: NodeFile[];
}

/** What takes up an earlier run of the same key: the word of whoever repeats it counts more, and what was known of another job nothing. */
export function mergeResumed(earlier: ResumedRun | null, again: ResumedRun | undefined): ResumedRun | undefined {
  if (!earlier || !again) return earlier ?? again;
  const ids = [earlier.jobId, again.jobId].flatMap((jobId) => jobId?.toLowerCase() ?? []);
  return new Set(ids).size > 1 ? again : { ...earlier, ...given(again) };
}
