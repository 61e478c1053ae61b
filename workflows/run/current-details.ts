import type { RunPhase, RunProgress } from '../../src/core/run/progress';
import { cell, code, type Row, tableOf, time } from '../support/markdown';
import { waitRows } from '../wait/current-details';

const PHASES: Record<RunPhase, string> = {
  uploading: 'uploading',
  searching: 'looking for the job: the answer to its start was lost',
  launching: 'waiting to start',
  queued: 'queued',
  running: 'running',
  fetching: 'fetching outputs',
  ended: 'ended',
};

/** What the Web UI shows of a run, as Markdown: the phase, how far it is, and what the wait for the job shows. */
export function detailsOfRun({
  phase,
  done,
  total,
  jobId,
  documents,
  start,
  fetching,
  wait,
  nodeStats,
}: RunProgress): string {
  const count = total === null ? '' : ` ${done ?? 0}/${total}`;
  const error = start?.lastError;
  const trouble = fetching?.lastError;
  const rows: Row[] = [
    ['Phase', `**${PHASES[phase]}${count}**`],
    ['Documents', String(documents)],
    ['Starts sent', start && start.sends > 1 ? String(start.sends) : null],
    ['Last start', error && !jobId ? `${time(error.at)} ${error.type}: ${cell(error.message)}` : null],
    ['Job', jobId && !wait ? code(jobId) : null],
    ...(wait ? waitRows(wait) : []),
    ['Fetched again', fetching && fetching.retries > 0 ? `${fetching.retries} times` : null],
    ['Last fetch', trouble ? `${time(trouble.at)} ${cell(trouble.type)}: ${cell(trouble.message)}` : null],
    ['Nodes', nodeStats && nodeStats.map(nodeOf).join('; ')],
  ];
  return tableOf(rows);
}

function nodeOf(node: NonNullable<RunProgress['nodeStats']>[number]): string {
  const { nodeName, nodeType, ready, inProgress, success, failure } = node;
  return `${cell(nodeName ?? nodeType ?? 'node')}: ${ready} ready, ${inProgress} in progress, ${success} done, ${failure} failed`;
}
