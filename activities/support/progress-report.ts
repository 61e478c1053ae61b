import { activityInfo, getClient, heartbeat, log } from '@temporalio/activity';
import { TRANSFER_SIGNAL } from '../../src/core/names';
import type { TransferProgress } from '../../src/core/start/request';

/** Shortest time between two signals. Each signal is an action, and four events in the workflow's history. */
const SPACING_MS = 30_000;
/** Shortest time before the first signal. A transfer that ends sooner sends none. */
const FIRST_MS = 5_000;
/** Longest time for one signal. */
const SIGNAL_MS = 5_000;

/** Reports the progress of a transfer: always in heartbeats, and in signals to the workflow if it asks for them. */
interface ProgressReport {
  /** Records that one more document or output is done. */
  step(): void;
  /**
   * Records that a document or output failed and may be retried.
   * @param credentialsEndAt When the budget of a refused key or credential ends, ISO-8601
   */
  failed(error: { type: string; message: string }, credentialsEndAt?: string | null): void;
  /** Details for heartbeats: the progress so far, and what the next attempt must know. */
  details(): object;
  /** Reports the last error since the last signal, and waits until it is sent: no signal comes after the activity's end. */
  end(): Promise<void>;
}

interface ReportOptions {
  phase: TransferProgress['phase'];
  /** Number of documents or outputs that earlier attempts finished. @default 0 */
  done?: number;
  /** Number of retries in earlier attempts. @default 0 */
  retries?: number;
  /** When an earlier attempt last signalled, in milliseconds since the epoch. A time in the future counts as now. @default never */
  signalledAt?: number | undefined;
  total: number;
  /** Whether to signal the workflow. @default false */
  report?: boolean;
  /** Further details for heartbeats. */
  memory?: () => object;
}

export function startProgressReport({
  phase,
  done = 0,
  retries = 0,
  signalledAt,
  total,
  report = false,
  memory,
}: ReportOptions): ProgressReport {
  let progress: TransferProgress = { phase, done, total, ...(retries > 0 && { retries }) };
  let signalled = progress;
  let lastAt = Math.min(signalledAt ?? Date.now() - SPACING_MS + FIRST_MS, Date.now());
  let isSignalled = signalledAt !== undefined;
  let sending = Promise.resolve();
  const details = () => ({ ...progress, ...(isSignalled && { signalledAt: lastAt }), ...memory?.() });
  const isNew = () => signalled.done !== progress.done || signalled.retries !== progress.retries;
  const signal = (spacingMs = SPACING_MS) => {
    if (!report || !isNew() || Date.now() < lastAt + spacingMs) return;
    lastAt = Date.now();
    isSignalled = true;
    heartbeat(details());
    const sent = (signalled = progress);
    sending = sending.then(() => send(sent));
  };
  const timer = setInterval(() => signal(), FIRST_MS / 5).unref();
  return {
    step() {
      const { lastError, credentialsEndAt, ...rest } = progress;
      progress = { ...rest, done: rest.done + 1, ...(lastError !== undefined && { lastError: null }) };
      heartbeat(details());
      signal();
    },
    failed(error, credentialsEndAt = null) {
      const lastError = { ...error, at: new Date().toISOString() };
      progress = { ...progress, retries: (progress.retries ?? 0) + 1, lastError, credentialsEndAt };
      signal();
    },
    details,
    async end() {
      clearInterval(timer);
      if (progress.lastError) signal(isSignalled ? SPACING_MS : 0); // Temporal may repeat a failed attempt within seconds
      await sending;
    },
  };
}

/** If a signal is lost, only the displayed number is out of date. */
async function send(progress: TransferProgress): Promise<void> {
  const { workflowExecution } = activityInfo();
  if (!workflowExecution) return;
  const { workflowId, runId } = workflowExecution;
  try {
    const client = getClient();
    const signal = () => client.workflow.getHandle(workflowId, runId).signal(TRANSFER_SIGNAL, progress);
    await client.withDeadline(Date.now() + SIGNAL_MS, signal);
  } catch (error) {
    log.debug('The progress could not be reported', { error: String(error) });
  }
}
