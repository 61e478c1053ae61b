import type { Client } from '@temporalio/client';
import { batchProgress, progress, runProgress } from '../../common/messages';
import { waiterWorkflowId } from '../../core/names';
import { isEnded, type JobView } from './job-view';
import { findRetries } from './retries';

export const RPC_TIMEOUT_MS = 3_000;

/** Observes the waits of a parent workflow, runs and batches from outside, by what any client can read: their progress query and description. */
export class Observer {
  readonly #client: Client;
  readonly #parentId: string;
  readonly #jobIds: ReadonlyMap<string, string>;
  readonly #runIds: ReadonlyMap<string, string>;
  readonly #batchIds: ReadonlyMap<string, string>;
  readonly #waiterIds = new Map<string, string>();
  #views: JobView[];

  /**
   * @param jobIds Job ids of the parent's waits, by the names that are shown
   * @param runIds Workflow ids of runs, by the names that are shown
   * @param batchIds Workflow ids of batches, by the names that are shown
   */
  constructor(
    client: Client,
    parentId: string,
    jobIds: ReadonlyMap<string, string>,
    runIds: ReadonlyMap<string, string> = new Map(),
    batchIds: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#client = client;
    this.#parentId = parentId;
    this.#jobIds = jobIds;
    this.#runIds = runIds;
    this.#batchIds = batchIds;
    this.#views = [
      ...[...jobIds.keys()].map((name) => ({ name, progress: null, retrying: null })),
      ...[...runIds.keys()].map((name) => ({ name, progress: null, retrying: null, run: null })),
      ...[...batchIds.keys()].map((name) => ({ name, progress: null, retrying: null, batch: null })),
    ];
  }

  /** Workflow id of a job's waiter. If the usual id was taken, the parent's child has its own id. */
  waiterId(jobId: string): string {
    return this.#waiterIds.get(jobId) ?? waiterWorkflowId(jobId);
  }

  /** Reads the progress of all waits, runs and batches that have not ended. What cannot be read now keeps its last state. */
  async refresh(): Promise<readonly JobView[]> {
    if (this.#waiterIds.size < this.#jobIds.size) await this.#findWaiters().catch(() => undefined);
    this.#views = await Promise.all(this.#views.map((view) => this.#look(view)));
    return this.#views;
  }

  async #look(view: JobView): Promise<JobView> {
    const runId = this.#runIds.get(view.name);
    const batchId = this.#batchIds.get(view.name);
    const workflowId = runId ?? batchId ?? this.#waiterIds.get(this.#jobIds.get(view.name) ?? '');
    if (workflowId === undefined || isEnded(view)) return view;
    const handle = this.#client.workflow.getHandle(workflowId);
    const ask = async (): Promise<Partial<JobView>> => {
      if (batchId !== undefined) return { batch: await handle.query(batchProgress) };
      if (runId === undefined) return { progress: await handle.query(progress) };
      const run = await handle.query(runProgress);
      return { run, progress: run.wait };
    };
    const [answer, description] = await this.#inTime(() => Promise.allSettled([ask(), handle.describe()]));
    return {
      ...view,
      ...(answer.status === 'fulfilled' && answer.value),
      ...(description.status === 'fulfilled' && { retrying: findRetries(description.value) }),
    };
  }

  /** Reads the waiters' ids from the parent's history, which also contains children that have ended. */
  async #findWaiters(): Promise<void> {
    const { events } = await this.#inTime(() => this.#client.workflow.getHandle(this.#parentId).fetchHistory());
    for (const { childWorkflowExecutionStartedEventAttributes: started } of events ?? []) {
      const workflowId = started?.workflowExecution?.workflowId;
      const jobId = [...this.#jobIds.values()].find((id) => workflowId?.startsWith(waiterWorkflowId(id)));
      if (workflowId && jobId !== undefined) this.#waiterIds.set(jobId, workflowId);
    }
  }

  #inTime<T>(call: () => Promise<T>): Promise<T> {
    return this.#client.connection.withDeadline(Date.now() + RPC_TIMEOUT_MS, call);
  }
}
