import { activityInfo, getClient, heartbeat, log } from '@temporalio/activity';
import { TRANSFER_SIGNAL } from '../../src/core/names';
import type { TransferProgress } from '../../src/core/start/request';

/** Shortest time between two signals: each is an action and four events of the workflow's history. */
const SPACING_MS = 30_000;
/** A transfer that ends sooner sends no signal. */
const FIRST_MS = 5_000;
/** Longest time for one of them. */
const SIGNAL_MS = 5_000;

/** Tells how far a transfer is: heartbeats always, and signals to the workflow where it asked for them. */
interface ProgressReport {
  /** One more document or output is done. */
  step(): void;
  /**
   * One could not be had or stored, and may be tried again.
   * @param credentialsEndAt When the budget of a refused key or credential ends, ISO-8601
   */
  failed(error: { type: string; message: string }, credentialsEndAt?: string | null): void;
  /** What heartbeats tell: what is through so far, and what the next attempt has to know. */
  details(): object;
  /** Tells what went wrong since the last signal, and waits for it: none comes after the activity's end. */
  end(): Promise<void>;
}

interface ReportOptions {
  phase: TransferProgress['phase'];
  /** What earlier attempts brought through. @default 0 */
  done?: number;
  /** How often earlier attempts tried something again. @default 0 */
  retries?: number;
  /** When an earlier attempt signalled last, in milliseconds since the epoch; in the future it counts as now. @default never */
  signalledAt?: number | undefined;
  total: number;
  /** Whether to signal the workflow. @default false */
  report?: boolean;
  /** What else heartbeats tell. */
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
