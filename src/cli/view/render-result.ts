import type { UnstructuredFailure } from '../../common/failure';
import type { JobSummary, NodeFile } from '../../core/job';
import type { FailedFile } from '../../core/job-details';
import type { AwaitJobResult, WaitReport } from '../../core/wait/report';
import { type FinishedBatch, renderBatch } from './render-batch';
import { type FinishedRun, renderRun } from './render-run';
import { renderSection, renderTable } from './table';
import { fit, type Paint, printable, span, wrap } from './text';

/** How the wait for one job ended: with a result or with a failure. */
export interface JobOutcome {
  jobId: string;
  result?: AwaitJobResult;
  failure?: Omit<UnstructuredFailure, 'cause'>;
}

/** A finished wait, as the result shows it. */
export interface FinishedJob {
  name: string;
  outcome: JobOutcome;
  /** The faults that its requests met; undefined if nobody recorded them. */
  faults?: string[];
  /** The waiter in the Web UI, if that is known. */
  url?: string;
}

/** Everything that has ended. */
export interface Finished {
  jobs: readonly FinishedJob[];
  run?: FinishedRun;
  batch?: FinishedBatch & { name: string; url?: string | undefined };
}

const MOST_FILES = 40;
const MOST_FAILED = 3;
const ROOM_FOR_NODE_IDS = 120;

/** Everything known about finished waits and runs, in at most `width` columns; links and paths may be longer. */
export function renderResult({ jobs, run, batch }: Finished, width: number, paint: Paint): string {
  const sections = [
    renderSection('Waits', renderTable(...waitsTable(jobs), width), paint),
    ...jobs.map((job) => renderFailure(job, width, paint)),
    renderSection('Output node files', renderFiles(jobs, width), paint),
    run && renderRun(run, width, paint),
    batch && renderBatch(batch, width, paint),
    renderLinks([...jobs, ...(run ? [run] : []), ...(batch ? [batch] : [])], paint),
  ];
  return sections.filter((text) => text !== undefined).join('\n\n');
}

function waitsTable(jobs: readonly FinishedJob[]): [string[], string[][]] {
  const head = ['Job', 'Status', 'Queued', 'Running', 'Checks', 'Late by', 'Errors met'];
  return [
    head,
    jobs.map(({ name, outcome, faults }) => {
      const report = findReport(outcome);
      return [
        name,
        printable(endStatus(outcome)),
        report ? span(report.queuedMs) : '',
        report ? span(report.runningMs) : '',
        report ? String(report.checks) : '',
        report?.noticedWithinMs == null ? '' : `≤ ${span(report.noticedWithinMs)}`,
        (faults ?? failureTexts(report)).join(', '),
      ];
    }),
  ];
}

function renderFiles(jobs: readonly FinishedJob[], width: number): string {
  const files = jobs.flatMap(({ name, outcome }) =>
    (outcome.result?.outputNodeFiles ?? []).map((file) => ({ name, file })),
  );
  if (files.length === 0) return 'none';
  const head = ['Job', 'File id', 'Node', 'Node id'];
  const rows = files.slice(0, MOST_FILES).map(({ name, file }) => [name, ...fileCells(file)]);
  // A truncated uuid is of no use.
  const columns = width >= ROOM_FOR_NODE_IDS ? head.length : head.length - 1;
  const more = files.length > MOST_FILES ? [`… and ${files.length - MOST_FILES} more`] : [];
  const shown = rows.map((row) => row.slice(0, columns));
  return [renderTable(head.slice(0, columns), shown, width), ...more].join('\n');
}

function fileCells({ fileId, nodeId, nodeType, nodeSubtype }: NodeFile): string[] {
  const node = [nodeType, nodeSubtype].filter(Boolean).join('/');
  return [fileId, node, nodeId].map(printable);
}

/** Indent of the further lines of a fact, below its value. */
const INDENT = ' '.repeat(11);
/** Most characters of one fact. */
const LONGEST = 500;

function renderFailure({ name, outcome: { failure } }: FinishedJob, width: number, paint: Paint): string | undefined {
  if (!failure) return undefined;
  const wrapped = (text: string) =>
    wrap(fit(printable(text), LONGEST), width - INDENT.length).replaceAll('\n', `\n${INDENT}`);
  const lines = [
    ['type', paint.bad(failure.type)],
    ['message', wrapped(failure.message)],
    ['details', wrapped(factLines(failure.details).join(', '))],
    ...failedDocumentLines(failure.details).map((text) => ['failed', wrapped(text)] as const),
  ] as const;
  const text = lines.filter(([, value]) => value !== '').map(([key, value]) => `  ${key.padEnd(8)} ${value}`);
  return renderSection(`Failure of ${name}`, text.join('\n'), paint);
}

/** The facts in the details of a failure, except the job's id, in short form. */
function factLines(details: object): string[] {
  const { job, wait, ...others } = details as { job?: JobSummary | null; wait?: WaitReport };
  const facts = { 'job.status': job?.status, ...others, 'wait.checks': wait?.checks };
  return Object.entries(facts)
    .filter(([key, value]) => key !== 'jobId' && (typeof value === 'string' || typeof value === 'number'))
    .map(([key, value]) => `${key} ${String(value)}`);
}

function failedDocumentLines(details: object): string[] {
  const { failedFiles } = details as { failedFiles?: FailedFile[] | null };
  return (failedFiles ?? []).slice(0, MOST_FAILED).map(({ document, error }) => `${document}: ${error}`);
}

function renderLinks(ended: readonly { name: string; url?: string | undefined }[], paint: Paint): string | undefined {
  const links = ended.flatMap(({ name, url }) => (url === undefined ? [] : [`  ${name.padEnd(8)} ${url}`]));
  return links.length === 0 ? undefined : renderSection('Web UI', links.join('\n'), paint);
}

function endStatus({ result, failure }: JobOutcome): string {
  if (result) return result.job.status;
  const details = failure?.details;
  const job = details && 'job' in details ? details.job : null;
  return job?.status ?? 'not known';
}

/** The report of the wait that ended with this outcome. Most failures carry it. */
function findReport({ result, failure }: JobOutcome): WaitReport | undefined {
  if (result) return result.wait;
  return failure && 'wait' in failure.details ? failure.details.wait : undefined;
}

function failureTexts(report: WaitReport | undefined): string[] {
  const failures = Object.entries(report?.failures ?? {}).map(([type, times]) => `${type} × ${times}`);
  const unreadable = report?.unreadableEntries ?? 0;
  return unreadable > 0 ? [...failures, `${unreadable} unreadable list entries`] : failures;
}
