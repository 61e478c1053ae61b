import type { Health } from '../attributes';
import { isCredentialError } from '../call-error';
import { isCredentialRefused } from '../start/certainty';
import type { TransferProgress } from '../start/request';
import type { StartState } from '../start/state';
import type { Unserved } from '../unserved';
import type { WaitState } from '../wait/state';
import { healthOfWait } from '../wait/attribute-values';

/** The parts of a run that decide its health. */
export interface RunCondition {
  start: { state: StartState } | null;
  wait: { state: WaitState } | null;
  /** Number of outputs to fetch; null before. */
  outputs: number | null;
  transfer: TransferProgress | null;
  /** The unserved queue, apart from those of the start and the wait. */
  unserved: Unserved | null;
}

/** The health of a run in its current step: its start, the wait for its job, or the fetching of its outputs. */
export function healthOfRun({ start, wait, outputs, transfer, unserved }: RunCondition): Health {
  if (unserved) return 'no worker';
  if (outputs !== null) return healthOfFetching(transfer);
  return wait ? healthOfWait(wait.state) : healthOfStart(start?.state);
}

/** A busy workflow is not an error. */
function healthOfStart({ unserved, uncertain, refused }: Partial<StartState> = {}): Health {
  if (unserved) return 'no worker';
  if (uncertain) return 'failing';
  if (!refused) return 'ok';
  return isCredentialRefused(refused.error) || isCredentialError(refused.error) ? 'refused key' : 'failing';
}

function healthOfFetching(transfer: TransferProgress | null): Health {
  if (transfer?.phase !== 'collect' || !transfer.lastError) return 'ok';
  return transfer.credentialsEndAt ? 'refused key' : 'failing';
}
