import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type CheckInput, createOtherWorker, offeringCheck } from './other-worker';
import { ended, type Scenario } from './recording';

const JOB_ID = '3d3f1c4e-7a0a-4d0e-9b51-6f2b1c8a7e42';
const OPTIONS = { minimumGap: '10 minutes', maximumGap: '10 minutes', failedFiles: 'off' } as const;

/** When each watch fails, in seconds from its begin. A third of an hour into the wait one may last that long in one piece. */
const FAILS_AFTER_S = [0, 295, 305, 0];

/** There is one check before the second watch, two before the third, one before the fourth, two after it. */
const CHECKS = 1 + 1 + 2 + 1 + 2;

/** Paths of a wait whose watches fail. */
export const WATCH_FAILURE_SCENARIOS: Record<string, Scenario> = {
  'watches-failed': {
    behaviour:
      'watches that fail: two checks come between them after a second one that lasted for less than five minutes, one after one that lasted longer',
    play: async (recording) => {
      const taskQueue = 'watches-failed';
      const worker = await createOtherWorker(recording, taskQueue, failingWatches());
      return worker.runUntil(async () =>
        ended(await recording.start(JOB_ID, { ...OPTIONS, activityTaskQueue: taskQueue })),
      );
    },
  },
};

/** Activities of a worker whose watches fail by an error that is none of the API. One lasts until a second attempt. */
function failingWatches() {
  let checks = 0;
  let watches = 0;
  return {
    getJob: (input: CheckInput) =>
      Promise.resolve(offeringCheck(input, (checks += 1) === CHECKS ? 'COMPLETED' : 'IN_PROGRESS')),
    'unstructured.watchJob': () => {
      const isFirst = activityInfo().attempt === 1;
      const afterS = FAILS_AFTER_S[isFirst ? watches++ : watches - 1] ?? 0;
      const isLasting = isFirst && afterS > 0;
      throw ApplicationFailure.create({
        type: isLasting ? 'WorkerGone' : 'NotFoundError',
        message: 'The activity is not registered on this worker',
        ...(isLasting && { nextRetryDelay: afterS * 1_000 }),
      });
    },
  };
}
