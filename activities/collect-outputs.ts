import { activityInfo, sleep } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { COLLECT_JOB_OUTPUTS } from '../src/core/names';
import type { SavedOutput } from '../src/core/output';
import {
  itemsOf,
  transferFailure,
  type CollectAnswer,
  type CollectItem,
  type CollectRequest,
} from '../src/core/run/collect';
import type { Storage } from '../src/storage/storage';
import { call, type ClientOf } from './call';
import { inParallel } from './in-parallel';
import type { OperationActivities } from './operations';
import { startReport, type ProgressReport } from './progress-report';
import { saveOutput, storageFailure, type DownloadPort, type Save } from './save-output';
import { isOutage, isOver, lostOf, mayPass, NOT_TRIED, pauseMs, TRIES, type Trouble } from './transfer-trouble';

/** The activity that saves the outputs of many files side by side. An attempt goes on where the one before ended. */
export function createCollectOutputs(
  clientOf: ClientOf<DownloadPort>,
  storage: Pick<Storage, 'sinkFor'>,
): Pick<OperationActivities, typeof COLLECT_JOB_OUTPUTS> {
  return {
    [COLLECT_JOB_OUTPUTS]: (request) => {
      const items = itemsOf(request);
      const progress = startReport('collect', items.length, request.report ?? false);
      const collect = async ({ signal }: { signal: AbortSignal }) => {
        try {
          const { account, jobId, to } = request;
          const sink = sinkOf(storage, request);
          return await saveAll({ client: clientOf(account), sink, jobId, to, signal }, items, request, progress);
        } finally {
          await progress.end();
        }
      };
      return call(collect, { heartbeatDetails: () => progress.progress });
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

type Outcome = { saved: SavedOutput } | { trouble: Trouble };

async function saveAll(
  save: Save,
  items: CollectItem[],
  { parallel = 8, onLost = 'fail' }: CollectRequest,
  progress: ProgressReport,
): Promise<CollectAnswer> {
  const outcomes = new Array<Outcome | undefined>(items.length).fill(undefined);
  let isOut = false;
  await inParallel(parallel, items, save.signal, async (item, index, signal) => {
    if (isOut) return;
    const outcome = await tryToSave({ ...save, signal }, item);
    outcomes[index] = outcome;
    if ('saved' in outcome) progress.step();
    else isOut ||= isOutage(outcome.trouble);
  });
  return conclude(save.jobId, items, outcomes, onLost);
}

/** @throws what concerns all outputs alike: a cancellation, a refused key, a place that the sink refuses */
async function tryToSave(save: Save, item: CollectItem): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    try {
      return { saved: await saveOutput(save, item) };
    } catch (error) {
      save.signal.throwIfAborted();
      const trouble = storageFailure(error, save.jobId);
      if (isOver(trouble)) throw trouble;
      if (tries === TRIES || !mayPass(trouble)) return { trouble };
      await sleep(pauseMs(tries, trouble));
    }
  }
}

function conclude(
  jobId: string,
  items: CollectItem[],
  outcomes: (Outcome | undefined)[],
  onLost: 'return' | 'fail',
): CollectAnswer {
  const saved = outcomes.flatMap((outcome) => (outcome && 'saved' in outcome ? [outcome.saved] : []));
  const troubles = outcomes.map((outcome) => (outcome && 'saved' in outcome ? null : (outcome?.trouble ?? NOT_TRIED)));
  const lost = items.flatMap((item, index) => {
    const trouble = troubles[index];
    return trouble ? [lostOf(jobId, item, trouble)] : [];
  });
  const answer = { saved, lost };
  if (lost.length === 0) return answer;
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  const elapsedMs = currentAttemptScheduledTimestampMs - scheduledTimestampMs;
  const mayPassYet = troubles.some((trouble) => trouble !== null && mayPass(trouble, elapsedMs));
  if (onLost === 'return' && !mayPassYet) return answer;
  const { type, message, details } = transferFailure(jobId, answer);
  throw ApplicationFailure.create({ type, message, details: [details], nonRetryable: !mayPassYet });
}
