import type { RunJobsHandle } from '../../client/start-run-jobs';
import { batchProgress } from '../../common/messages';
import type { BatchProgress } from '../../core/batch/progress';
import { RPC_TIMEOUT_MS } from './observer';
import { findRetries, type Retrying } from './retries';

/** What is shown of a batch in progress. */
export interface BatchView {
  /** null before the first answer. */
  progress: BatchProgress | null;
  /** What the batch is retrying, or else one of its running jobs, by its workflow id; null if nothing is. */
  retrying: (Pick<Retrying, 'type' | 'message'> & { key: string }) | null;
}

/** The retries of so many running jobs are looked at. As many jobs are shown. */
export const MOST_JOBS = 8;
/** How often, in milliseconds. Progress is read at each look. */
const RETRIES_EVERY_MS = 10_000;

/** Observes a batch from outside. What cannot be read now stays as it was. */
export class BatchObserver {
  readonly #handle: RunJobsHandle;
  #view: BatchView = { progress: null, retrying: null };
  #retriesReadAt = -Infinity;

  constructor(handle: RunJobsHandle) {
    this.#handle = handle;
  }

  /** @param now In milliseconds; only goes forward */
  async look(now: number): Promise<BatchView> {
    const isDue = now - this.#retriesReadAt >= RETRIES_EVERY_MS;
    if (isDue) this.#retriesReadAt = now;
    const { progress, retrying } = this.#view;
    const [newProgress, newRetries] = await this.#handle.client.connection.withDeadline(
      Date.now() + RPC_TIMEOUT_MS,
      () =>
        Promise.all([
          this.#handle.query(batchProgress).catch(() => progress),
          isDue ? this.#findRetries() : Promise.resolve(retrying),
        ]),
    );
    this.#view = { progress: newProgress, retrying: newRetries };
    return this.#view;
  }

  async #findRetries(): Promise<BatchView['retrying']> {
    const { client, workflowId } = this.#handle;
    const jobs = (this.#view.progress?.running ?? []).slice(0, MOST_JOBS).map(({ key }) => key);
    const found = await Promise.all(
      [workflowId, ...jobs].map(async (key) => {
        const description = await client
          .getHandle(key)
          .describe()
          .catch(() => undefined);
        const retries = description && findRetries(description);
        return retries ? { ...retries, key } : null;
      }),
    );
    return found.find((one) => one !== null) ?? null;
  }
}
