import { isCancellation, log, sleep, TemporalFailure } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { innerFailure, toApplicationFailure, unstructuredFailure } from '../../src/common/failure';
import { linesOfFailure, linesOfResult, type ManifestLine } from '../../src/core/batch/manifest-lines';
import { partFailure } from '../../src/core/batch/part-failure';
import { type PlannedDocument, toDocumentInput } from '../../src/core/batch/records';
import type { DocumentInput } from '../../src/core/document';
import { READ_PLAN, WRITE_MANIFEST_PART } from '../../src/core/names';
import type { PlannedJob } from '../../src/core/run/planned-job';
import type { RunJobResult, StoredPart } from '../../src/core/run/result';
import { recordShown } from './record';
import { runQueue, type Run } from '../run/run';

/** How long a record may take to be read or written, with all attempts, in milliseconds. Histories depend on it. */
const RECORD_LIMIT_MS = 6 * 3_600_000;

/** A run whose documents stand in the plan of a batch, and whose results go to its manifest. */
export class PlannedRun {
  readonly #job: PlannedJob;
  #documents: PlannedDocument[] = [];
  /** Whether the result was to be written: nothing takes its place. */
  #isTold = false;

  constructor(job: PlannedJob) {
    this.#job = job;
  }

  /** Reads its documents, and waits for its turn. */
  async begin(run: Run, changed: () => void): Promise<DocumentInput[]> {
    const { documents } = await this.#record(run, changed, 'read the plan', (activities) =>
      activities[READ_PLAN]({ ...this.#job, credentialBudgetMs: run.input.options.credentialBudget }),
    );
    this.#documents = documents;
    const { startAt } = this.#job;
    const isToStart = run.input.resume?.jobId === undefined;
    const early = startAt !== undefined && isToStart ? Date.parse(startAt) - Date.now() : 0;
    if (early > 0) await sleep(early, { summary: 'spacing between starts' });
    return documents.map(toDocumentInput);
  }

  /** The result without its lists, which stand in the manifest. */
  async tell(run: Run, result: RunJobResult, changed: () => void): Promise<RunJobResult> {
    this.#isTold = true;
    const part = await this.#write(run, linesOfResult(this.#documents, result.documents, result.job.id), changed);
    return { ...result, documents: [], otherOutputs: [], lostOutputs: [], failedFiles: null, part };
  }

  /** The failure, and in its details the part of the manifest that tells of it. A cancellation is told by the batch. */
  async tellFailure(run: Run, error: unknown, changed: () => void): Promise<unknown> {
    const isOver = isCancellation(error) || !(error instanceof TemporalFailure);
    if (isOver || this.#isTold || this.#documents.length === 0) return error;
    const failure = unstructuredFailure(error);
    const { message } = innerFailure(error);
    const known = partFailure(failure?.type ?? null, message, failure?.details ?? {});
    try {
      const part = await this.#write(run, linesOfFailure(this.#documents, known), changed);
      if (!failure) return error;
      Object.assign(failure.details, { part });
      return toApplicationFailure(failure);
    } catch (notTold) {
      log.warn('The manifest could not be told how the run ended', { reason: innerFailure(notTold).message });
      return error;
    }
  }

  #write(run: Run, lines: ManifestLine[], changed: () => void): Promise<StoredPart> {
    const { to, key, part } = this.#job;
    const { credentialBudget: credentialBudgetMs } = run.input.options;
    return this.#record(run, changed, 'write the manifest', (activities) =>
      activities[WRITE_MANIFEST_PART]({ to, key, part, lines, credentialBudgetMs }),
    );
  }

  #record<T>(
    run: Run,
    changed: () => void,
    summary: string,
    perform: (activities: OperationActivities) => Promise<T>,
  ): Promise<T> {
    const queue = { taskQueue: run.input.activityTaskQueue, ...runQueue(run, changed) };
    return recordShown(queue, RECORD_LIMIT_MS, { summary: `${summary}: job ${this.#job.part}` }, perform);
  }
}
