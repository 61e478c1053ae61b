import type { WaitProgress } from '../src/core/wait-account';
import type { WaitState } from '../src/core/wait-state';

/** What the Web UI shows of a wait, as Markdown: which job, what status since when, what went wrong last, when the next check comes. */
export function detailsOf(progress: WaitProgress): string {
  const rows: [string, string | null][] = [
    ['Job', code(progress.jobId)],
    ['Status', statusOf(progress)],
    ['Next check', nextCheckOf(progress)],
    ['Limit at', progress.limitAt && time(progress.limitAt)],
    ['Checks', `${progress.checks}${progress.lastCheckAt ? `, last ${time(progress.lastCheckAt)}` : ''}`],
    [
      'Failing',
      progress.failing && `**${progress.failing.count} checks in a row, since ${time(progress.failing.since)}**`,
    ],
    [
      'Last problem',
      progress.lastError &&
        `${time(progress.lastError.at)} ${progress.lastError.type}: ${cell(progress.lastError.message)}`,
    ],
    ['Unknown statuses', listOf(progress.unknownStatuses)],
  ];
  const lines = rows.filter(([, value]) => value).map(([name, value]) => `| ${name} | ${value ?? ''} |`);
  return ['| | |', '|---|---|', ...lines].join('\n');
}

/** Short: the Web UI shows it beside the timer. */
export function sleepSummary({ job, checks }: WaitState): string {
  return `${(job?.status ?? 'not seen yet').slice(0, 60)} after ${checks} checks`;
}

function statusOf({ status, statusSince }: WaitProgress): string {
  return status === null
    ? 'not seen yet'
    : `**${cell(status)}** since ${statusSince ? time(statusSince) : 'the start'} or longer`;
}

function nextCheckOf({ activity, nextCheckAt }: WaitProgress): string | null {
  if (activity === 'checking') return 'now';
  return nextCheckAt && time(nextCheckAt);
}

function listOf(counts: Record<string, number>): string | null {
  const entries = Object.entries(counts);
  return entries.length === 0 ? null : entries.map(([name, count]) => `${code(name)} × ${count}`).join(', ');
}

/** `2026-01-31 12:34:56 UTC` */
function time(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

function code(text: string): string {
  return `\`${cell(text).replaceAll('`', "'")}\``;
}

/** Text from outside, made harmless in a table cell. */
function cell(text: string): string {
  return text.slice(0, 300).replaceAll(/[|\\<>\r\n]/g, ' ');
}
