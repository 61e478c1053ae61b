import { activityInfo, heartbeat, log, sleep } from '@temporalio/activity';
import { type ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { toApplicationFailure } from '../src/common/failure';
import { COLLECT_JOB_OUTPUTS } from '../src/core/names';
import type { SavedOutput } from '../src/core/output';
import { type CollectAnswer, type CollectItem, type CollectRequest, listItems } from '../src/core/run/collect';
import { transferFailure } from '../src/core/run/failure';
import type { Storage } from '../src/storage/storage';
import { memorize, recall } from './collect/memory';
import { type OutputPlace, outputPlaces } from './collect/output-places';
import { describeError, isBadOutput, isForLater, isUnanswered, lostOutput, pauseMs } from './collect/output-errors';
import { NOT_TRIED, OUTAGE_AFTER, Patience, TRIES } from './collect/patience';
import { askAgain, type DownloadPort, type Save, saveOutput } from './collect/save-output';
import { type ClientOf, performActivity } from './support/perform-activity';
import { inParallel } from '../src/common/in-parallel';
import { startProgressReport } from './support/progress-report';
import { storageFailure } from './support/storage-failure';
import type { OperationActivities } from './types';

/** The activity that saves the outputs of many files in parallel. Each attempt continues where the previous one ended. */
export function createCollectOutputs(
  clientOf: ClientOf<DownloadPort>,
  storage: Pick<Storage, 'sinkFor'>,
): Pick<OperationActivities, typeof COLLECT_JOB_OUTPUTS> {
  return {
    [COLLECT_JOB_OUTPUTS]: (request) => {
      const collecting = new Collecting(request);
      const collect = async ({ signal }: { signal: AbortSignal }) => {
        try {
          const { account, jobId, to } = request;
          return await collecting.run({
            client: clientOf(account),
            sink: openSink(storage, request),
            jobId,
            to,
            signal,
          });
        } finally {
          await collecting.progress.end();
        }
      };
      return performActivity(collect, { heartbeatDetails: () => collecting.progress.details() });
    },
  };
}

function openSink(storage: Pick<Storage, 'sinkFor'>, { to, jobId }: CollectRequest): Save['sink'] {
  try {
    return storage.sinkFor(to);
  } catch (error) {
    throw storageFailure(error, jobId);
  }
}

/** One attempt to collect. */
class Collecting {
  readonly #request: CollectRequest;
  readonly #items: CollectItem[];
  readonly #places: OutputPlace[];
  readonly #before: ReturnType<typeof recall>;
  /** Indexes of the outputs that are saved completely, by this attempt or an earlier one. */
  readonly #whole: Set<number>;
  readonly #saved = new Map<number, SavedOutput>();
  readonly #errors = new Map<number, unknown>();
  readonly #patience: Patience;
  /** Type of the last error that was logged, by this attempt or an earlier one; undefined once an output is saved after it. */
  #failing: string | undefined;
  readonly progress;

  constructor(request: CollectRequest) {
    this.#request = request;
    this.#before = recall(request.memory);
    this.#failing = this.#before.failing;
    this.#whole = new Set(this.#before.whole);
    this.#items = listItems(request);
    this.#places = outputPlaces(request, this.#items);
    const total = this.#items.length;
    this.#patience = new Patience(total, this.#before, request.credentialBudgetMs);
    const remember = memorize();
    const memory = () => remember({ whole: [...this.#whole], ...this.#patience.soFar, failing: this.#failing });
    const { retries, signalledAt } = this.#before;
    this.progress = startProgressReport({
      phase: 'collect',
      done: this.#whole.size,
      retries,
      signalledAt,
      total,
      report: request.report,
      memory,
    });
  }

  /** Outputs that earlier attempts saved are read once more, at the end, because the answer contains their size and hash. */
  async run(save: Save): Promise<CollectAnswer> {
    const rest = [...this.#items.keys()].filter((index) => !this.#whole.has(index));
    await this.#saveEach(save, rotated(rest));
    await this.#saveEach(save, this.#before.whole);
    return this.#conclude();
  }

  /** @throws ApplicationFailure if another attempt may save more */
  async #saveEach(save: Save, indexes: readonly number[]): Promise<void> {
    await inParallel(this.#request.parallel ?? 8, indexes, save.signal, async (index, signal) => {
      if (this.#patience.isOut()) this.#errors.set(index, NOT_TRIED);
      else await this.#save({ ...save, signal }, index);
    });
    await this.#probeOutage(save);
    const passing = [...this.#errors].flatMap(([index, error]) =>
      this.#patience.mayPass(index, error) ? [error] : [],
    );
    if (passing.length === 0) return;
    const tried = passing.find((error) => error !== NOT_TRIED);
    if (tried !== undefined) this.#logChange(tried);
    heartbeat(this.progress.details());
    throw this.#failure(false);
  }

  async #save(save: Save, index: number): Promise<void> {
    const [item, place] = [this.#items[index], this.#places[index]];
    for (let tries = 1; item && place; tries++) {
      try {
        const mayBeThere = place.isUnique || this.#whole.has(index);
        this.#noteSaved(index, await saveOutput(save, item, place.path, mayBeThere));
        return;
      } catch (error) {
        save.signal.throwIfAborted();
        this.#errors.set(index, error);
        this.#patience.failed(index, error);
        this.progress.failed(describeError(error), this.#patience.credentialsEndAt(error));
        if (tries === TRIES || !this.#patience.mayPass(index, error)) return;
        await sleep(pauseMs(tries, error));
      }
    }
  }

  /**
   * If few outputs are left, asks for saved ones as well, at most `OUTAGE_AFTER`. If the API does not answer for these either, the service is down.
   * Any answer shows that it is up, even an error such as a 404 of an output that is no longer kept.
   */
  async #probeOutage(save: Save): Promise<void> {
    for (const index of this.#whole) {
      const item = this.#items[index];
      if (!item || !this.#patience.isUndecided) return;
      try {
        await askAgain(save, item);
        this.#patience.answered();
      } catch (error) {
        save.signal.throwIfAborted();
        if (!isUnanswered(error) || isBadOutput(error)) this.#patience.answered();
        else this.#patience.failed(index, error);
      }
    }
  }

  #noteSaved(index: number, output: SavedOutput): void {
    this.#saved.set(index, output);
    this.#errors.delete(index);
    if (this.#whole.has(index)) return;
    this.#whole.add(index);
    this.#patience.saved();
    this.#failing = undefined;
    this.progress.step();
  }

  #conclude(): CollectAnswer {
    const errors = [...this.#errors.values()];
    // If so, the run ends without a result: a run that resumes it fetches the missing outputs.
    const isLeft = errors.some((error) => isForLater(error, errors.length === this.#items.length));
    if (errors.length === 0 || (this.#request.onLost === 'return' && !isLeft)) return this.#answer();
    throw this.#failure(true);
  }

  /** Logs an error once per change of its type. Attempts may fail for hours, and the run's progress shows the rest. */
  #logChange(error: unknown): void {
    const { type, message } = describeError(error);
    if (type === this.#failing) return;
    this.#failing = type;
    log.warn('Outputs could not be fetched or saved', { jobId: this.#request.jobId, type, error: message });
  }

  #answer(): CollectAnswer {
    const { jobId } = this.#request;
    const items = [...this.#items.entries()];
    return {
      saved: items.flatMap(([index]) => this.#saved.get(index) ?? []),
      lost: items.flatMap(([index, item]) =>
        this.#errors.has(index) ? [lostOutput(jobId, item, this.#errors.get(index))] : [],
      ),
    };
  }

  #failure(nonRetryable: boolean): ApplicationFailure {
    const savedTotal = [...this.#whole].filter((index) => !this.#errors.has(index)).length;
    const failure = transferFailure(this.#request.jobId, this.#answer(), savedTotal);
    const category = nonRetryable ? undefined : ApplicationFailureCategory.BENIGN;
    return toApplicationFailure(failure, { nonRetryable, category });
  }
}

/** Each attempt begins with different outputs, so that bad ones at the beginning are not repeatedly taken for an outage. */
function rotated(indexes: readonly number[]): number[] {
  const first = indexes.length === 0 ? 0 : ((activityInfo().attempt - 1) * OUTAGE_AFTER) % indexes.length;
  return [...indexes.slice(first), ...indexes.slice(0, first)];
}
