import type { RunOutputs } from '../../src/core/output';
import { shownRef } from '../../src/core/reference';
import type { RunPhase, RunProgress } from '../../src/core/run/progress';
import type { RunJobResult } from '../../src/core/run/result';
import { heldUpText } from '../support/held-up';
import { cell, code, type Row, markdownTable, time } from '../support/markdown';
import { budgetsText, nodesText, waitRows } from '../wait/current-details';

const PHASES: Record<RunPhase, string> = {
  uploading: 'uploading',
  searching: 'looking for the job: the answer to its start was lost',
  starting: 'waiting to start',
  queued: 'queued',
  running: 'running',
  fetching: 'fetching outputs',
  ended: 'ended',
};

/** How a run with a result ended; null before the end, and without a result. */
interface RunEnding {
  result: Pick<RunJobResult, 'documents' | 'otherOutputs' | 'lostOutputsTotal'> | null;
  outputs: Pick<RunOutputs, 'to'> | null;
}

const NOT_ENDED: RunEnding = { result: null, outputs: null };

/** Details of a run for the Web UI, as Markdown: its phase and progress, the details of the wait, and its outcome at the end. */
export function detailsOfRun(progress: RunProgress, { result, outputs }: RunEnding = NOT_ENDED): string {
  const { phase, done, total, account, jobId, documents, start, fetching, wait, unserved, nodeStats } = progress;
  const count = total === null ? '' : ` ${done ?? 0}/${total}`;
  const error = start?.lastError;
  const failure = fetching?.lastError;
  const rows: Row[] = [
    ['Phase', `**${PHASES[phase]}${count}**`],
    ['Held up', wait?.unserved ? null : heldUpText(unserved)],
    ['Documents', result && documents > 0 ? outcomesText(result) : String(documents)],
    ['Outputs', result && outputs && outputsText(result, outputs)],
    ['Starts sent', start && start.sends > 1 ? String(start.sends) : null],
    ['Last start', error && !jobId ? `${time(error.at)} ${error.type}: ${cell(error.message)}` : null],
    ['Tolerated until', start && !wait ? startBudgetsText(start) : null],
    ['Looked for until', start?.searchEndsAt && time(start.searchEndsAt)],
    ['Account', account !== null && !wait ? code(account) : null],
    ['Job', jobId && !wait ? code(jobId) : null],
    ...(wait ? waitRows(wait) : []),
    ['Fetched again', fetching && fetching.retries > 0 ? `${fetching.retries} times` : null],
    ['Last fetch', failure ? `${time(failure.at)} ${cell(failure.type)}: ${cell(failure.message)}` : null],
    ['Tolerated until', fetching && fetchingBudgetText(fetching)],
    ['Limit at', fetching?.limitAt && `${time(fetching.limitAt)} (collectLimit)`],
    ['Nodes', nodeStats && nodesText(nodeStats)],
  ];
  return markdownTable(rows);
}

/**
 * When budgets end. After that, the start fails or goes out without some documents, with the next send or look for its job that fails for the same
 * reason.
 */
function startBudgetsText({ budgetEndsAt }: NonNullable<RunProgress['start']>): string {
  const { credentials, start, documents, outage } = budgetEndsAt;
  return budgetsText([
    [credentials, 'credentialBudget'],
    [start, 'startBudget'],
    [documents, 'documents that cannot be read'],
    [outage, 'startOutageBudget'],
  ]);
}

function fetchingBudgetText({ budgetEndsAt }: NonNullable<RunProgress['fetching']>): string {
  return budgetsText([[budgetEndsAt.credentials, 'credentialBudget']]);
}

function outcomesText({ documents }: NonNullable<RunEnding['result']>): string {
  const count = (status: string) => documents.filter((document) => document.status === status).length;
  const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : '';
  return `${documents.length}: ${count('ok')} ok, ${count('failed')} failed, ${count('missing')} missing${skipped}`;
}

function outputsText(
  { documents, otherOutputs, lostOutputsTotal }: NonNullable<RunEnding['result']>,
  { to }: Pick<RunOutputs, 'to'>,
): string {
  const saved = documents.reduce((sum, { outputs }) => sum + outputs.length, otherOutputs.length);
  const lost = lostOutputsTotal > 0 ? `, ${lostOutputsTotal} lost` : '';
  return `${saved} saved under ${code(shownRef(to))}${lost}`;
}
