import type { NodeStats } from '../../src/core/job-details';
import type { WaitProgress } from '../../src/core/wait/progress';
import type { CancelReport } from '../../src/core/wait/cancel';
import type { WaitState } from '../../src/core/wait/state';
import { heldUpText } from '../support/held-up';
import { cell, code, type Row, markdownTable, time } from '../support/markdown';

/** Details of a wait for the Web UI, as Markdown: the job, its status and since when, the last error, and the time of the next check. */
export function detailsText(progress: WaitProgress): string {
  return markdownTable(waitRows(progress));
}

export function waitRows(progress: WaitProgress): Row[] {
  return [
    ['Job', progress.jobId === null ? 'not there yet' : code(progress.jobId)],
    ['Account', progress.account === null ? null : code(progress.account)],
    ['Waiting for', awaitedText(progress)],
    ['Status', statusText(progress)],
    ['Cancelling', progress.cancel && `since ${time(progress.cancel.since)}: ${cancelText(progress.cancel)}`],
    ['Held up', heldUpText(progress.unserved)],
    ['Stalled', stalledText(progress)],
    ['Not counted', progress.nodeCountsError && cell(progress.nodeCountsError)],
    [
      'Failing',
      progress.failing && `**${checks(progress.failing.count)} in a row, since ${time(progress.failing.since)}**`,
    ],
    ['Last error', lastErrorText(progress)],
    ['Tolerated until', waitBudgetsText(progress)],
    ['Watched', watchText(progress)],
    ['Next check', nextCheckText(progress)],
    ['Limit at', progress.limitAt && time(progress.limitAt)],
    ['Checks', `${progress.checks}${progress.lastCheckAt ? `, last ${time(progress.lastCheckAt)}` : ''}`],
    ['Search attributes', progress.searchAttributesError && cell(progress.searchAttributesError)],
    ['Unknown statuses', countsText(progress.unknownStatuses)],
    [
      'Unreadable entries',
      progress.unreadableEntries > 0 ? `${progress.unreadableEntries} of the job's lists, left out` : null,
    ],
  ];
}

export function nodesText(nodes: readonly NodeStats[]): string {
  const nodeText = ({ nodeName, nodeType, ready, inProgress, success, failure }: NodeStats) =>
    `${cell(nodeName ?? nodeType ?? 'node')}: ${ready} ready, ${inProgress} in progress, ${success} done, ${failure} failed`;
  return nodes.map(nodeText).join('; ');
}

/** Short, because the Web UI shows it next to the timer. */
export function sleepSummary({ job, jobId, checks: total, failing, lastError }: WaitState): string {
  const status = (job?.status ?? (jobId === null ? 'not there yet' : 'not seen yet')).slice(0, 60);
  const failure = failing && lastError ? `, ${checks(failing.count)} failed in a row: ${lastError.type}` : '';
  return `${status} after ${checks(total)}${failure}`.slice(0, 200);
}

function awaitedText({ awaited }: WaitProgress): string | null {
  return awaited && `the first job of workflow ${code(awaited.workflowId)} created after ${cell(awaited.createdAfter)}`;
}

function stalledText({ stalled }: WaitProgress): string | null {
  return stalled && `**no file moved since ${time(stalled.since)}**; ${nodesText(stalled.nodeStats)}`;
}

/** The time is that of the first check that saw the status. The job may have had it longer. */
function statusText({ status, statusSince, failing }: WaitProgress): string {
  if (status === null) return 'not seen yet';
  return `**${cell(status)}**${failing ? ' when last seen' : ''}, since ${statusSince ? time(statusSince) : 'the start'}`;
}

function cancelText({ asks, accepted, confirmed, lastError }: CancelReport): string {
  if (confirmed) return `${accepted ? 'accepted, and confirmed: ' : ''}the job has ended`;
  if (accepted) return 'accepted, not confirmed';
  if (!lastError) return 'not answered yet';
  return `not accepted (requests: ${asks}): ${lastError.type}: ${cell(lastError.message)}`;
}

function lastErrorText({ lastError, failing }: WaitProgress): string | null {
  if (!lastError) return null;
  const resolved = failing ? '' : ' (resolved by a later check)';
  return `${time(lastError.at)} ${lastError.type}: ${cell(lastError.message)}${resolved}`;
}

/** When budgets end. After the first of these times, the wait fails with the next check that fails for the same reason. */
function waitBudgetsText({ budgetEndsAt }: WaitProgress): string {
  const { credentials, requestErrors, outage, unknownStatus } = budgetEndsAt;
  return budgetsText([
    [credentials, 'credentialBudget'],
    [requestErrors, 'requestErrorBudget'],
    [credentials === null && requestErrors === null ? outage : null, 'outageBudget'],
    [unknownStatus, 'unknownStatusBudget'],
  ]);
}

/** When budgets end, each with the name of its option. Those without an end are left out. */
export function budgetsText(ends: [at: string | null, option: string][]): string {
  return ends.flatMap(([at, option]) => (at === null ? [] : `${time(at)} (${option})`)).join(', ');
}

function watchText({ watch }: WaitProgress): string | null {
  return watch && `by a worker, every ${watch.tickMs / 1_000} s, since ${time(watch.since)}`;
}

function nextCheckText({ activity, nextCheckAt, unserved }: WaitProgress): string | null {
  if (activity === 'checking') return unserved ? 'when a worker takes it' : 'now';
  if (activity === 'askingDocuments') return 'none: the job has ended, and its failed documents are requested';
  return nextCheckAt && time(nextCheckAt);
}

function countsText(counts: Record<string, number>): string | null {
  const entries = Object.entries(counts);
  return entries.length === 0 ? null : entries.map(([name, count]) => `${code(name)} × ${count}`).join(', ');
}

function checks(count: number): string {
  return `${count} check${count === 1 ? '' : 's'}`;
}
