import type { Duration } from '../src/common/duration';
import type { DocumentInput } from '../src/core/document';
import type { Refusal } from '../src/core/refusal';
import type { NodeFile } from '../src/core/job';
import { refuseUnknown } from '../src/core/option-rules';
import { matchFiles } from '../src/core/run/match-files';
import { toCollectFiles } from '../src/core/run/result';
import { START_OPTION_NAMES, type StartOptionsInput } from '../src/core/start/options';
import type { JobToStart } from '../src/core/start/request';
import type { StartOutcome } from '../src/core/start/state';
import { given } from '../src/core/values';
import { failureOfRun } from './run/failure';
import { createRun } from './run/run';
import { runStart, type Start } from './run/start';
import { checked } from './support/failures';

/** Options of `startJob`. */
export interface StartJobOptions extends StartOptionsInput<Duration> {
  /** Account of the worker's plugin that is used for the calls. @default the plugin's only account, or the one named `default` */
  account?: string | undefined;
  /** Task queue of the activities. @default the workflow's own */
  activityTaskQueue?: string | undefined;
}

/** A document of a start, with its file in the job. */
export interface StartedDocument {
  /** Its reference, as it was given. */
  ref: string;
  /** File id of the API; null if no answer identifies the file with certainty yet, or the document was left out. */
  fileId: string | null;
  /** Why it was refused and left out, by `onRefused: 'skip'`; absent if it was sent. */
  skipped?: { reason: string; refusal: Refusal };
}

/** A started job. */
export interface StartedJob {
  jobId: string;
  /** `adopted`: a run that another program started was taken over. It contains none of the documents. */
  how: StartOutcome['how'];
  /** Number of times that the start was sent. */
  sends: number;
  /** The documents in input order, each with the id of its file in the job; null if no answer identifies the file with certainty yet. */
  documents: StartedDocument[];
  /** Output node files of the answer to the start. Pass them to the wait, because later answers may lack them. */
  knownFiles?: NodeFile[];
}

/** Number of starts in this workflow. Each workflow execution has its own instance of this module. */
let starts = 0;

const OPTION_NAMES = [...START_OPTION_NAMES, 'confirmLimit', 'credentialBudget', 'account', 'activityTaskQueue'];

/**
 * Starts a job and returns it with the files of the API's answer, without waiting for its end. A start is sent once. If its answer is lost,
 * its job is adopted if it can be identified for certain. After the start is sent, a cancellation waits until the job is known: pass
 * `onCancel: 'cancel'` to the wait that follows.
 *
 * @throws ApplicationFailure with a type from the failure table. If a start was sent, the details contain `run`: pass that to `runJob` as
 * `resume`
 */
export async function startJob(
  jobToStart: JobToStart,
  documents: DocumentInput[] = [],
  options: StartJobOptions = {},
): Promise<StartedJob> {
  checkNames(options);
  const run = createRun({ ...options, start: jobToStart, documents }, (starts += 1));
  const start = run.start as Start;
  try {
    const { how, job, inputFileIds, outputNodeFiles } = await runStart(start);
    const ids = toCollectFiles(outputNodeFiles ?? [], inputFileIds ?? []).map(({ fileId }) => fileId);
    const { fileIds } = matchFiles(how === 'adopted' ? [] : start.uploads, run.token, ids);
    return {
      jobId: job.id,
      how,
      sends: start.state.sends,
      documents: documents.map(({ ref }, index) => {
        const left = how === 'adopted' ? undefined : start.state.skipped?.find((one) => one.index === index);
        const skipped = left && { skipped: { reason: left.message, refusal: left.reason } };
        return { ref, fileId: fileIds[index] ?? null, ...skipped };
      }),
      ...(outputNodeFiles && { knownFiles: outputNodeFiles }),
    };
  } catch (error) {
    throw failureOfRun(error, run);
  }
}

/** @throws ApplicationFailure `UnstructuredValidationError`, also for options of a wait, which a start does not take */
function checkNames(options: StartJobOptions): void {
  checked(() => refuseUnknown('', given(options), OPTION_NAMES));
}
