import type { JobView } from '../../src/cli/view/job-view';
import type { RunProgress } from '../../src/core/run/progress';
import type { WaitReport } from '../../src/core/wait/report';
import type { WaitProgress } from '../../src/core/wait/progress';
import { NO_BUDGET_ENDS } from '../../src/core/wait/budgets';

export const JOB_ID = '0b3f4f6e-3a6f-4a53-9f3e-0c8e0e3d6f52';
export const NOW = Date.parse('2026-02-01T12:00:00Z');

/** A job seen running, ten seconds after its begin. */
export function viewOf(name: string, progress: Partial<WaitProgress> = {}, rest: Partial<JobView> = {}): JobView {
  return {
    name,
    retrying: null,
    progress: {
      jobId: JOB_ID,
      awaited: null,
      status: 'IN_PROGRESS',
      statusSince: new Date(NOW - 10_000).toISOString(),
      activity: 'sleeping',
      watch: null,
      nextCheckAt: new Date(NOW + 1_400).toISOString(),
      limitAt: null,
      account: null,
      searchAttributesError: null,
      budgetEndsAt: NO_BUDGET_ENDS,
      startedAt: new Date(NOW - 12_000).toISOString(),
      lastCheckAt: null,
      checks: 3,
      failures: {},
      failing: null,
      lastError: null,
      unknownStatuses: {},
      unreadableEntries: 0,
      queuedMs: 0,
      runningMs: 10_000,
      outputNodeFilesTotal: 2,
      hints: 0,
      cancel: null,
      stalled: null,
      nodeCountsError: null,
      unserved: null,
      ...progress,
    },
    ...rest,
  };
}

/** A run of three documents whose job runs, unless another phase is given. */
export function runViewOf(run: Partial<RunProgress> = {}): JobView {
  const view = viewOf('runJob');
  const nothing = { account: null, start: null, fetching: null, nodeStats: null, unserved: null };
  const facts = { ...nothing, jobId: JOB_ID, documents: 3 };
  const phase: Pick<RunProgress, 'phase' | 'done' | 'total'> = { phase: 'running', done: null, total: null };
  const progress: RunProgress = { ...facts, ...phase, wait: view.progress, ...run };
  return { ...view, progress: progress.wait, run: progress };
}

export const WAIT_REPORT: WaitReport = {
  startedAt: '2026-02-01T11:59:00.000Z',
  endedAt: '2026-02-01T12:00:00.000Z',
  checks: 12,
  failures: {},
  unknownStatuses: {},
  unreadableEntries: 0,
  queuedMs: 2_000,
  runningMs: 10_040,
  hints: 0,
  noticedWithinMs: 1_100,
};
