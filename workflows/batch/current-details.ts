import type { BatchPhase, BatchProgress } from '../../src/core/batch/progress';
import { heldUpText } from '../support/held-up';
import { cell, code, markdownTable, type Row, time } from '../support/markdown';

const PHASES: Record<BatchPhase, string> = {
  planning: 'listing documents',
  running: 'running',
  draining: 'running: no other job starts until these have ended',
  closing: 'writing the manifest',
  ended: 'ended',
};

/** Maximum number of running jobs that are shown. */
const SHOWN = 20;

/** Details of a batch for the Web UI, as Markdown. @param manifest Location of the manifest, once it exists */
export function detailsOfBatch(progress: BatchProgress, manifest: string | null = null): string {
  const { phase, counts, done, running, perHour, endsAt, leftOut, startedAt, unserved } = progress;
  const { documents, jobs, ok, failed, refused, missing, failedJobs } = counts;
  const isPlanned = phase !== 'planning';
  const rows: Row[] = [
    ['Phase', `**${PHASES[phase]}**`],
    ['Held up', heldUpText(unserved)],
    [
      'Documents',
      isPlanned
        ? `${done.documents} of ${documents}: ${ok} ok, ${failed} failed, ${refused} refused, ${missing} missing`
        : null,
    ],
    ['Jobs', isPlanned ? `${done.jobs} of ${jobs}${failedJobs > 0 ? `, ${failedJobs} failed` : ''}` : null],
    [
      'Left out',
      Object.entries(leftOut)
        .map(([reason, count]) => `${count} ${cell(reason)}`)
        .join(', '),
    ],
    ['Under way', runningText(running)],
    ['Begun', time(startedAt)],
    ['Documents an hour', perHour === null ? null : String(perHour)],
    ['Ends about', endsAt && time(endsAt)],
    ['Manifest', manifest && code(manifest)],
  ];
  return markdownTable(rows);
}

function runningText(running: BatchProgress['running']): string {
  const more = running.length > SHOWN ? `, and ${running.length - SHOWN} more` : '';
  return (
    running
      .slice(0, SHOWN)
      .map(({ key }) => code(key))
      .join(', ') + more
  );
}
