import { type CallError, type FailedCall, hadNoEffect } from '../call-error';
import { isDenied, isNotNow } from '../errors';

/**
 * What a start that brought no answer means. `retry`: certainly not accepted, and the same start may be accepted later. `fail`: certainly
 * not accepted, and it never will be. `uncertain`: it may have started a job.
 */
export type StartVerdict = 'retry' | 'fail' | 'uncertain';

/**
 * What a start without an answer means. Anything that is not certain is uncertain: an extra job costs money, and taking over another caller's job
 * costs trust.
 */
export function judgeSend(failed: FailedCall): StartVerdict {
  if (!hadNoEffect(failed)) return 'uncertain';
  if (failed.type === 'noAnswer') return 'retry';
  const { api, refusal } = failed.error;
  if (refusal) return isCredentialRefused(failed.error) ? 'retry' : 'fail';
  // A 409 is a conflict with work in progress, such as a run of the workflow. A later start may succeed.
  return api && isDenied(api) && !isNotNow(api) ? 'fail' : 'retry';
}

/** Whether a storage of documents refused the worker's credential, which may be renewed, and no document was refused for another reason. */
export function isCredentialRefused({ refusal }: Pick<CallError, 'refusal'>): boolean {
  return refusal?.reason === 'credentialRefused' && refusal.refused.every(({ reason }) => reason === refusal.reason);
}
