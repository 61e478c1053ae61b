import { verdictOf } from '../../core/job';
import type { BatchProgress } from '../../core/batch/progress';
import type { RunProgress } from '../../core/run/progress';
import type { WaitProgress } from '../../core/wait/progress';
import { isEnded, chooseMood, stateText, failureText, type JobView, toleratedUntil } from './job-view';
import type { Showing } from './screen';
import { age, count, fit, printable, type Paint } from './text';

const NAME_WIDTH = 8;
const STATUS_WIDTH = 12;
const AGE_WIDTH = 12;
const CHECKS_WIDTH = 10;

/** Shows jobs in progress. */
export function showJobs(jobs: readonly JobView[]): Showing {
  return {
    frame: (now, width, paint) => renderFrame(jobs, now, width, paint),
    changes: (before) => renderChanges(jobs, before),
  };
}

/** One line for each job, redrawn while the waits run. */
export function renderFrame(jobs: readonly JobView[], now: number, width: number, paint: Paint): string {
  return jobs.map((job) => renderRow(job, now, width, paint)).join('\n');
}

function renderRow(job: JobView, now: number, width: number, paint: Paint): string {
  const { progress, batch } = job;
  const { symbol, mood } = chooseMood(job);
  const since = progress?.statusSince && !isEnded(job) ? age(now - Date.parse(progress.statusSince)) : '';
  const status = column(printable(stateText(job)), STATUS_WIDTH);
  const name = column(job.name, NAME_WIDTH);
  const facts =
    column(since, AGE_WIDTH) + column(batch === undefined ? count(progress?.checks ?? 0, 'check') : '', CHECKS_WIDTH);
  const used = 2 + NAME_WIDTH + STATUS_WIDTH + AGE_WIDTH + CHECKS_WIDTH + 3;
  const failure = failureText(job);
  const note = fit(printable((failure ?? outlook(job, now)) + leftText(job, now)), Math.max(0, width - used - 1));
  return `${paint[mood](symbol)} ${paint.bold(name)} ${paint[mood](status)} ${facts} ${failure ? paint.bad(note) : paint.dim(note)}`.trimEnd();
}

function leftText(job: JobView, now: number): string {
  const until = isEnded(job) ? undefined : toleratedUntil(job);
  return until === undefined ? '' : `, ${age(Date.parse(until) - now)} left`;
}

function outlook({ progress, run, batch }: JobView, now: number): string {
  const step = batch ? batchNote(batch) : run && stepNote(run);
  if (step) return step;
  if (!progress) return 'starting';
  if (progress.activity === 'checking') return 'checking now';
  if (progress.watch) return 'watched by the worker';
  if (progress.activity === 'askingDocuments') return 'asking which documents failed';
  if (progress.activity === 'ended') return endNote(progress);
  const ms = progress.nextCheckAt ? Date.parse(progress.nextCheckAt) - now : 0;
  return ms > 0 ? `next check in ${age(Math.ceil(ms / 1_000) * 1_000)}` : 'next check now';
}

/** What a run does before and after its wait. */
function stepNote({ phase, done, total, documents }: RunProgress): string | undefined {
  switch (phase) {
    case 'uploading':
      return `${done ?? 0} of ${count(total ?? documents, 'document')} sent`;
    case 'searching':
      return 'looking for its job';
    case 'starting':
      return 'starting the job';
    case 'fetching':
      return `${done ?? 0} of ${count(total ?? 0, 'output')} saved`;
    case 'ended':
      return `done, ${count(documents, 'document')}`;
    case 'queued':
    case 'running':
      return undefined;
  }
}

function batchNote({ phase, counts, done }: BatchProgress): string {
  const jobs = `${done.jobs} of ${count(counts.jobs, 'job')}`;
  if (phase === 'ended') return `done, ${count(done.documents, 'document')}`;
  return phase === 'planning' ? 'listing documents' : `${done.documents} of ${counts.documents} documents, ${jobs}`;
}

function endNote({ status, outputNodeFilesTotal }: WaitProgress): string {
  const isCompleted = status !== null && verdictOf(status) === 'completed';
  return isCompleted ? `done, ${count(outputNodeFilesTotal ?? 0, 'output node file')}` : 'wait ended';
}

/** What has changed since the lines that were printed before, for output that is not a terminal. */
export function renderChanges(
  jobs: readonly JobView[],
  before: ReadonlyMap<string, string>,
): { lines: string[]; now: Map<string, string> } {
  const now = new Map(jobs.map((job) => [job.name, summaryLine(job)]));
  const changed = jobs.filter(({ name }) => now.get(name) !== (before.get(name) ?? ''));
  return {
    now,
    lines: changed.map((job) => `${column(job.name, NAME_WIDTH)} ${now.get(job.name) ?? ''}`.trimEnd()),
  };
}

/** A line without the facts that change with every check. */
function summaryLine(job: JobView): string {
  const { progress, run, batch, retrying } = job;
  if (!progress && !run && !batch && !retrying) return '';
  const note =
    (batch && batchNote(batch)) ??
    failureText(job) ??
    (isEnded(job) ? ((run && stepNote(run)) ?? (progress && endNote(progress))) : '');
  return printable(`${column(stateText(job), STATUS_WIDTH)} ${note ?? ''}`.trimEnd());
}

function column(text: string, width: number): string {
  return fit(text, width).padEnd(width);
}
