import { CancellationScope, isCancellation, log, sleep, TemporalFailure, workflowInfo } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { innerFailure, toApplicationFailure, unstructuredFailure } from '../../src/common/failure';
import { linesOfFailure, linesOfResult, type ManifestLine } from '../../src/core/batch/manifest-lines';
import { partCancelled, partFailure, type RunAtEnd } from '../../src/core/batch/part-failure';
import { type PlannedDocument, toDocumentInput } from '../../src/core/batch/records';
import type { DocumentInput } from '../../src/core/document';
import { verdictOf } from '../../src/core/job';
import { BEGIN_JOB, WRITE_MANIFEST_PART } from '../../src/core/names';
import type { PartRun, PlannedJob } from '../../src/core/run/planned-job';
import type { RunJobResult, StoredPart } from '../../src/core/run/result';
import { recordShown } from './record';
import { runQueue, resumedRun, type Run, startedJobId } from '../run/run';

/** Longest time to read or write a record, including all attempts, in milliseconds. Histories depend on it. */
const RECORD_LIMIT_MS = 6 * 3_600_000;

/** The same after the run was cancelled. Histories depend on it. */
const LONGEST_WHEN_CANCELLED_MS = 60_000;

/** A run whose documents come from the plan of a batch, and whose results are written to the manifest of the batch. */
export class PlannedRun {
  readonly #job: PlannedJob;
  readonly #run: PartRun;
  #documents: PlannedDocument[] = [];
  /** Whether a later run has started the job again. If so, the end of this run is not reported. */
  #isSuperseded = false;
  /** Lines of the result, once they are about to be written. Nothing replaces them. */
  #lines: ManifestLine[] | undefined;

  constructor(job: PlannedJob) {
    this.#job = job;
    const { workflowId, firstExecutionRunId: runId } = workflowInfo();
    this.#run = { workflowId, runId };
  }

  /**
   * Records that the run begins, reads its documents, and waits until its start is due. If the run is cancelled in the meantime, this is done all the
   * same: the note may be written already, and only a run that knows its documents can report that nothing was sent for them.
   * @returns undefined if a cancelled run did not get its documents but knows its job. It then stops the job without them
   */
  async begin(run: Run, changed: () => void): Promise<DocumentInput[] | undefined> {
    await this.#begin(run, changed).catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
      const again = () => this.#begin(run, changed, LONGEST_WHEN_CANCELLED_MS);
      return CancellationScope.nonCancellable(again).catch((notBegun: unknown) => {
        noteUntold(notBegun);
        if (!startedJobId(run)) throw error;
      });
    });
    if (this.#documents.length === 0) return undefined;
    const { startAt } = this.#job;
    const early = startAt !== undefined && run.start ? Date.parse(startAt) - Date.now() : 0;
    if (early > 0) await sleep(early, { summary: 'spacing between starts' });
    return this.#documents.map(toDocumentInput);
  }

  async #begin(run: Run, changed: () => void, limitMs?: number): Promise<void> {
    const { options, resume } = run.input;
    const credentialBudgetMs = options.credentialBudget;
    const request = { ...this.#job, run: this.#run, isResumed: resume !== null, credentialBudgetMs };
    const perform = (activities: OperationActivities) => activities[BEGIN_JOB](request);
    const { documents, isSuperseded } = await this.#record(run, changed, 'begin', perform, limitMs);
    this.#documents = documents;
    this.#isSuperseded = isSuperseded;
  }

  /** Writes the result to the manifest, and returns it without the lists, which the manifest contains. */
  async tell(run: Run, result: RunJobResult, changed: () => void): Promise<RunJobResult> {
    this.#lines = linesOfResult(this.#documents, result.documents, result.job.id, this.#run);
    const part = await this.#write(run, this.#lines, changed);
    return { ...result, documents: [], otherOutputs: [], lostOutputs: [], failedFiles: null, part };
  }

  /** Writes the outcome to the manifest, and returns the failure with this part of the manifest in its details. */
  async tellFailure(run: Run, error: unknown, changed: () => void): Promise<unknown> {
    if (!(error instanceof TemporalFailure) || this.#documents.length === 0 || this.#isSuperseded) return error;
    if (isCancellation(error)) return this.#tellCancelled(run, error, changed);
    if (this.#lines) return error; // the result could not be written
    const failure = unstructuredFailure(error);
    const { message } = innerFailure(error);
    const known = partFailure(failure?.type ?? null, message, failure?.details ?? {}, atEnd(run));
    try {
      const part = await this.#write(run, linesOfFailure(this.#documents, known, this.#run), changed);
      if (!failure) return error;
      Object.assign(failure.details, { part });
      return toApplicationFailure(failure);
    } catch (notTold) {
      noteUntold(notTold);
      return error;
    }
  }

  /** Writes the outcome of a cancelled run. If the run has a result, that is written, even if the run was cancelled during the first write. */
  async #tellCancelled(run: Run, error: unknown, changed: () => void): Promise<unknown> {
    const lines = this.#lines ?? linesOfFailure(this.#documents, partCancelled(atEnd(run)), this.#run);
    const tell = () => this.#write(run, lines, changed, LONGEST_WHEN_CANCELLED_MS);
    await CancellationScope.nonCancellable(tell).catch(noteUntold);
    return error;
  }

  #write(run: Run, lines: ManifestLine[], changed: () => void, limitMs?: number): Promise<StoredPart> {
    const { to, key, part } = this.#job;
    const { credentialBudget: credentialBudgetMs } = run.input.options;
    const perform = (activities: OperationActivities) =>
      activities[WRITE_MANIFEST_PART]({ to, key, part, lines, credentialBudgetMs });
    return this.#record(run, changed, 'write the manifest', perform, limitMs);
  }

  #record<T>(
    run: Run,
    changed: () => void,
    summary: string,
    perform: (activities: OperationActivities) => Promise<T>,
    limitMs = RECORD_LIMIT_MS,
  ): Promise<T> {
    const queue = { taskQueue: run.input.activityTaskQueue, ...runQueue(run, changed) };
    return recordShown(queue, limitMs, { summary: `${summary}: job ${this.#job.part}` }, perform);
  }
}

function atEnd(run: Run): RunAtEnd {
  const { job = null } = run.wait?.state ?? {};
  return { resume: resumedRun(run), verdict: job && verdictOf(job.status) };
}

function noteUntold(error: unknown): void {
  log.warn('The manifest lacks how the run ended', { reason: innerFailure(error).message });
}
