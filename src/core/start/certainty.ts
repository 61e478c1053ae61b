import { type CallError, type FailedCall, isNotTaken, isUnknownActivity } from '../call-error';
import { isNotNow } from '../errors';

/**
 * What a start that brought no answer means. `retry`: certainly not accepted, and the same start may be accepted later. `fail`: certainly
 * not accepted, and it never will be. `uncertain`: it may have started a job.
 */
export type StartVerdict = 'retry' | 'fail' | 'uncertain';

/** Kinds of errors with which the API, or the worker before sending, refuses a start for certain. */
const REFUSED: readonly string[] = [
  'authentication',
  'paymentRequired',
  'permission',
  'notFound',
  'validation',
  'request',
];

/** Anything that is not certain is uncertain: one job too many costs money, and somebody else's job costs trust. */
export function judgeSend(failed: FailedCall): StartVerdict {
  if (failed.type === 'noAnswer') return failed.notSent || isNotTaken(failed) ? 'retry' : 'uncertain';
  const { api, refusal } = failed.error;
  if (refusal) return isCredentialRefused(failed.error) ? 'retry' : 'fail';
  // A 409 is a conflict with what is under way, such as a run of the workflow: nothing was started, and once that is over it may be.
  if (api && isNotNow(api)) return 'retry';
  if (api && (api.notAccepted || REFUSED.includes(api.kind))) return 'fail';
  if (api?.notSent || api?.incomplete || isUnknownActivity(failed.error)) return 'retry';
  return 'uncertain';
}

/** Whether a storage of documents refused the worker's credential, which somebody may renew, and no document was refused for another reason. */
export function isCredentialRefused({ refusal }: Pick<CallError, 'refusal'>): boolean {
  return refusal?.reason === 'credentialRefused' && refusal.refused.every(({ reason }) => reason === refusal.reason);
}
