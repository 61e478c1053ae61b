import { type AttributeValues, type Health, keyword } from '../attributes';
import { isStalled } from './node-counts';
import type { WaitState } from './state';

/** The values of a wait's search attributes. */
export function attributeValues(state: WaitState, account?: string): AttributeValues {
  return {
    jobId: state.jobId,
    status: keyword(state.job?.status),
    account: keyword(account),
    health: healthOfWait(state),
    startedAt: state.startedAt,
  };
}

export function healthOfWait(state: WaitState): Health {
  const { unserved, credentialFailing, failing } = state;
  if (unserved) return 'no worker';
  if (credentialFailing) return 'refused key';
  if (failing) return 'failing';
  return isStalled(state) ? 'stalled' : 'ok';
}
