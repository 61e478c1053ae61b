import { activityInfo, sleep } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { COLLECT_JOB_OUTPUTS } from '../src/core/names';
import type { SavedOutput } from '../src/core/output';
import { type CollectAnswer, type CollectItem, type CollectRequest, itemsOf } from '../src/core/run/collect';
import { transferFailure } from '../src/core/run/failure';
import type { Storage } from '../src/storage/storage';
import { memorize, recall } from './collect/memory';
import {
  isRefusal,
  lostOf,
  NOT_TRIED,
  OUTAGE_AFTER,
  Patience,
  pauseMs,
  told,
  TRIES,
  type Trouble,
} from './collect/patience';
import { type DownloadPort, type Save, saveOutput, storageFailure } from './collect/save-output';
import { call, type ClientOf } from './support/call';
import { inParallel } from './support/in-parallel';
import { startReport } from './support/progress-report';
import type { OperationActivities } from './types';

/** The activity that saves the outputs of many files side by side. An attempt goes on where the one before ended. */
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
          return await collecting.run({ client: clientOf(account), sink: sinkOf(storage, request), jobId, to, signal });
        } finally {
          await collecting.progress.end();
        }
      };
      return call(collect, { heartbeatDetails: () => collecting.progress.details() });
    },
  };
}

function sinkOf(storage: Pick<Storage, 'sinkFor'>, { to, jobId }: CollectRequest): Save['sink'] {
  try {
    return storage.sinkFor(to);
  } catch (error) {
    throw storageFailure(error, jobId);
  }
}

/** One attempt. */
class Collecting {
  readonly #request: CollectRequest;
  readonly #items: CollectItem[];
  readonly #before = recall();
  /** Places of what is saved whole, by this attempt or an earlier one. */
  readonly #whole = new Set(this.#before.whole);
  readonly #saved = new Map<number, SavedOutput>();
  readonly #troubles = new Map<number, Trouble>();
  readonly #patience: Patience;
  readonly progress;

  constructor(request: CollectRequest) {
    this.#request = request;
    this.#items = itemsOf(request);
    const total = this.#items.length;
    this.#patience = new Patience(total, this.#before.triedMs, request.credentialBudgetMs);
    const remember = memorize();
    const memory = () => remember({ whole: [...this.#whole], triedMs: this.#patience.triedMs });
    const { retries } = this.#before;
    this.progress = startReport({
      phase: 'collect',
      done: this.#whole.size,
      retries,
      total,
      report: request.report,
      memory,
    });
  }

  /** What is there of earlier attempts is read again once, at the end: its size and hash belong into the answer. */
  async run(save: Save): Promise<CollectAnswer> {
    const rest = [...this.#items.keys()].filter((index) => !this.#whole.has(index));
    await this.#saveEach(save, rotated(rest));
    await this.#saveEach(save, this.#before.whole);
    return this.#conclude();
  }

  /** @throws ApplicationFailure where another attempt may bring more */
  async #saveEach(save: Save, indexes: readonly number[]): Promise<void> {
    await inParallel(this.#request.parallel ?? 8, indexes, save.signal, async (index, signal) => {
      if (this.#patience.isOut()) this.#troubles.set(index, NOT_TRIED);
      else await this.#save({ ...save, signal }, index);
    });
    if ([...this.#troubles.values()].some((trouble) => this.#patience.mayPass(trouble))) throw this.#failure(false);
  }

  async #save(save: Save, index: number): Promise<void> {
    const item = this.#items[index];
    for (let tries = 1; item; tries++) {
      try {
        this.#noteSaved(index, await saveOutput(save, item));
        return;
      } catch (trouble) {
        save.signal.throwIfAborted();
        this.#troubles.set(index, trouble);
        this.#patience.failed(index, trouble);
        this.progress.trouble(told(trouble));
        if (tries === TRIES || !this.#patience.mayPass(trouble)) return;
        await sleep(pauseMs(tries, trouble));
      }
    }
  }

  #noteSaved(index: number, output: SavedOutput): void {
    this.#saved.set(index, output);
    this.#troubles.delete(index);
    if (this.#whole.has(index)) return;
    this.#whole.add(index);
    this.#patience.saved();
    this.progress.step();
  }

  #conclude(): CollectAnswer {
    const troubles = [...this.#troubles.values()];
    const isPlaceRefused = troubles.length === this.#items.length && troubles.every(isRefusal);
    if (troubles.length === 0 || (this.#request.onLost === 'return' && !isPlaceRefused)) return this.#answer();
    throw this.#failure(true);
  }

  #answer(): CollectAnswer {
    const { jobId } = this.#request;
    const items = [...this.#items.entries()];
    return {
      saved: items.flatMap(([index]) => this.#saved.get(index) ?? []),
      lost: items.flatMap(([index, item]) =>
        this.#troubles.has(index) ? [lostOf(jobId, item, this.#troubles.get(index))] : [],
      ),
    };
  }

  #failure(nonRetryable: boolean): ApplicationFailure {
    const savedTotal = [...this.#whole].filter((index) => !this.#troubles.has(index)).length;
    const { type, message, details } = transferFailure(this.#request.jobId, this.#answer(), savedTotal);
    return ApplicationFailure.create({ type, message, details: [details], nonRetryable });
  }
}

/** Each attempt begins with other outputs, so that bad ones at the head do not pass for an outage again and again. */
function rotated(indexes: readonly number[]): number[] {
  const first = indexes.length === 0 ? 0 : ((activityInfo().attempt - 1) * OUTAGE_AFTER) % indexes.length;
  return [...indexes.slice(first), ...indexes.slice(0, first)];
}
