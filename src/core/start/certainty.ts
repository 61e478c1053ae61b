import { type CallError, type FailedCall, isNotTaken, isUnknownActivity } from '../call-error';
import { isNotNow } from '../errors';

/**
 * What a start that brought no answer means. `retry`: certainly not accepted, and the same start may be accepted later. `fail`: certainly
 * not accepted, and it never will be. `uncertain`: it may have started a job.
 */
export type StartVerdict = 'retry' | 'fail' | 'uncertain';

/** Kinds of errors with which the API, or the worker before sending, certainly refuses a start. */
const REFUSED: readonly string[] = [
  'authentication',
  'paymentRequired',
  'permission',
  'notFound',
  'validation',
  'request',
];

/**
 * What a start without an answer means. Anything that is not certain is uncertain: an extra job costs money, and taking over another caller's job
 * costs trust.
 */
export function judgeSend(failed: FailedCall): StartVerdict {
  if (failed.type === 'noAnswer') return failed.notSent || isNotTaken(failed) ? 'retry' : 'uncertain';
  const { api, refusal } = failed.error;
  if (refusal) return isCredentialRefused(failed.error) ? 'retry' : 'fail';
  // A 409 is a conflict with work in progress, such as a run of the workflow. Nothing was started, and a later start may succeed.
  if (api && isNotNow(api)) return 'retry';
  if (api && (api.notAccepted || REFUSED.includes(api.kind))) return 'fail';
  if (api?.notSent || api?.incomplete || isUnknownActivity(failed.error)) return 'retry';
  return 'uncertain';
}

/** Whether a storage of documents refused the worker's credential, which may be renewed, and no document was refused for another reason. */
export function isCredentialRefused({ refusal }: Pick<CallError, 'refusal'>): boolean {
  return refusal?.reason === 'credentialRefused' && refusal.refused.every(({ reason }) => reason === refusal.reason);
}
