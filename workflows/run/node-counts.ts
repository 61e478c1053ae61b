import { isCancellation, log, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities } from '../../activities/types';
import { GET_JOB_DETAILS } from '../../src/core/names';
import { jobIdIn, verdictOfState } from '../../src/core/wait/state';
import type { Run } from './run';
import type { Wait } from '../wait/wait';

/** Shortest time between two calls, in milliseconds. */
export const NODE_COUNTS_APART_MS = 60_000;

/** Asks how many files stand where at each node, while the job runs. A call that fails tells nothing and ends nothing. */
export async function countNodes(run: Run, { input, state }: Wait): Promise<void> {
  const { askedAt, stats } = run.nodes ?? { askedAt: 0, stats: null };
  if (verdictOfState(state) !== 'running' || Date.now() < askedAt + NODE_COUNTS_APART_MS) return;
  run.nodes = { askedAt: Date.now(), stats };
  const activities = proxyActivities<OperationActivities>({
    taskQueue: input.activityTaskQueue,
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: '30 seconds',
    retry: { maximumAttempts: 1 },
    summary: 'count files at each node',
  });
  try {
    const { nodeStats } = await activities[GET_JOB_DETAILS]({ jobId: jobIdIn(state), account: input.account });
    run.nodes = { ...run.nodes, stats: nodeStats };
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('The files at each node could not be counted', { jobId: state.jobId });
  }
}
