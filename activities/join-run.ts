import { activityInfo, getClient } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { otherFailure } from '../src/common/failure';
import { JOIN_RUN } from '../src/core/names';
import { refuseOtherRun } from '../src/core/run/join';
import { describeRun, endOfRun, endOfRunBefore, isUnderWay } from '../src/temporal/earlier-runs';
import { performActivity } from './support/perform-activity';
import type { OperationActivities } from './types';

/** Time until the next attempt: a tenth of the time so far, within these bounds. */
const GAP = { minimumMs: 5_000, maximumMs: 60_000 };

/**
 * The activity that waits for a run that another caller started. Each attempt asks once. The server's retries make up the wait, so it uses no worker
 * slot and writes no history. Cancelling the activity does not affect that run.
 */
export function createJoinRun(): Pick<OperationActivities, typeof JOIN_RUN> {
  return {
    [JOIN_RUN]: ({ key, before, ...wanted }) =>
      performActivity(async () => {
        const { workflow } = getClient();
        const endOfLatest = async () => {
          const latest = await describeRun(workflow.getHandle(key));
          if (!isUnderWay(latest)) return endOfRun(workflow.getHandle(key, latest.runId), wanted);
          refuseOtherRun(latest.memo, wanted);
          return undefined;
        };
        const end = await (before === undefined ? endOfLatest() : endOfRunBefore(workflow, { key, before, ...wanted }));
        if (end) return end;
        throw otherFailure('RunUnderWay', `Run ${key} is under way`, {
          nextRetryDelay: gapMs(),
          category: ApplicationFailureCategory.BENIGN, // not counted as a failure, and not logged
        });
      }),
  };
}

function gapMs(): number {
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  const elapsedMs = currentAttemptScheduledTimestampMs - scheduledTimestampMs;
  return Math.min(GAP.maximumMs, Math.max(GAP.minimumMs, Math.round(elapsedMs / 10)));
}
