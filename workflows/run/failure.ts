import { type ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';
import {
  innerFailure,
  toApplicationFailure,
  type UnstructuredFailure,
  unstructuredFailure,
} from '../../src/common/failure';
import type { TransferDetails } from '../../src/core/output';
import { outputsTooLargeFailure } from '../../src/core/run/failure';
import type { ResumedRun } from '../../src/core/run/resume';
import { resumedRun, type Run } from './run';

/**
 * The failure of a run, with the state to resume the run in its details. A failure that is not from this package, such as one of an unknown activity,
 * becomes the cause of an UnstructuredTransferError, if there is a run to resume or a batch to report to. A cancellation is returned unchanged, and
 * so is an error of the code, which does not fail the run.
 */
export function failureOfRun(error: unknown, run: Run): unknown {
  const resume = resumedRun(run);
  if (isCancellation(error) || !(resume ?? run.input.plannedJob)) return error;
  const failure = unstructuredFailure(error);
  if (!failure) return error instanceof TemporalFailure ? foreignFailure(error, run, resume) : error;
  const told: UnstructuredFailure = failure;
  if (resume) Object.assign(told.details, { run: resume });
  return toApplicationFailure({ ...told, message: failureMessage(told) });
}

function foreignFailure(cause: TemporalFailure, { outputs }: Run, run: ResumedRun | undefined): ApplicationFailure {
  const { jobId = null } = run ?? {};
  const { name, message, type } = innerFailure(cause) as Error & { type?: string };
  const details: TransferDetails & { run?: ResumedRun } = {
    jobId,
    lost: [],
    lostTotal: outputs ?? 0,
    saved: [],
    savedTotal: 0,
    ...(run && { run }),
  };
  const which = jobId === null ? 'The run' : `The run with job ${jobId}`;
  const why = `${which} ended before its outputs were there: ${type ?? name}: ${message}`;
  return toApplicationFailure({ type: 'UnstructuredTransferError', message: why, details }, { cause });
}

/** The message of the failure. The advice of a wait is replaced, because it names options that a run does not have. */
function failureMessage({ type, message, details }: UnstructuredFailure): string {
  return type === 'UnstructuredOutputListTooLargeError' ? outputsTooLargeFailure(details).message : message;
}
