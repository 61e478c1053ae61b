import type { BatchProgress } from '../../core/batch/progress';
import { type BatchView, MOST_JOBS } from './batch-observer';
import type { Showing } from './screen';
import { age, count, fit, type Paint, printable } from './text';

const BAR_WIDTH = 30;

/** Shows a batch in progress. Where lines cannot be redrawn, each failure of a job is told once. */
export function showBatch({ progress, retrying }: BatchView): Showing {
  const why = retrying ? `${printable(retrying.key)} is retrying after: ${printable(retrying.message)}` : '';
  return {
    frame: (now, width, paint) =>
      [
        progress ? renderBatchFrame(progress, now, width, paint) : paint.dim('starting'),
        ...(why === '' ? [] : [paint.bad(fit(why, width - 1))]),
      ].join('\n'),
    changes: (before) => {
      const line = progress ? summaryLine(progress) : '';
      const lines = line === (before.get('') ?? '') ? [] : [line];
      const now = new Map(before).set('', line);
      const failure = retrying && `${retrying.key} ${retrying.type}`;
      if (failure !== null && !before.has(failure)) {
        now.set(failure, why);
        lines.push(why);
      }
      return { now, lines };
    },
  };
}

/** Shows how far the batch is, how fast it is, what failed, and the running jobs. */
export function renderBatchFrame(progress: BatchProgress, now: number, width: number, paint: Paint): string {
  const { phase, counts, done, running } = progress;
  if (phase === 'planning') return paint.dim('listing documents');
  const share = counts.documents === 0 ? 1 : done.documents / counts.documents;
  const full = Math.floor(share * BAR_WIDTH);
  const bar = paint.good('━'.repeat(full)) + paint.dim('─'.repeat(BAR_WIDTH - full));
  const documents = `${done.documents} of ${count(counts.documents, 'document')}, ${Math.floor(share * 100)} %`;
  const notOk = notOkText(progress);
  const jobs = running.slice(0, MOST_JOBS).map(({ key, since }) => {
    const time = age(now - Date.parse(since));
    return `${paint.busy('●')} ${fit(printable(key), width - time.length - 5)}  ${paint.dim(time)}`;
  });
  const more = running.length - jobs.length;
  return [
    `${bar}  ${paint.bold(documents)}`,
    fit(factsText(progress, now), width - 1),
    ...(notOk === '' ? [] : [paint.bad(fit(notOk, width - 1))]),
    ...jobs,
    ...(more > 0 ? [paint.dim(`… and ${count(more, 'more job')}`)] : []),
  ].join('\n');
}

function factsText({ phase, counts, done, running, perHour, endsAt }: BatchProgress, now: number): string {
  const left = endsAt === null ? null : Date.parse(endsAt) - now;
  return [
    `${done.jobs} of ${count(counts.jobs, 'job')} done`,
    ...(running.length > 0 ? [`${running.length} under way`] : []),
    ...(phase === 'closing' ? ['writing the manifest'] : []),
    ...(perHour === null ? [] : [`${count(perHour, 'document')} an hour`]),
    ...(left === null || left <= 0 ? [] : [`likely done in ${age(left)}`]),
  ].join(', ');
}

/** `2 failed, 1 refused`; empty if nothing went wrong. */
function notOkText({ counts }: Pick<BatchProgress, 'counts'>): string {
  const names = ['failed', 'refused', 'missing'] as const;
  return names.flatMap((name) => (counts[name] === 0 ? [] : [`${counts[name]} ${name}`])).join(', ');
}

/** A line that changes with each job that ends. */
function summaryLine(progress: BatchProgress): string {
  const { phase, counts, done } = progress;
  if (phase === 'planning') return 'listing documents';
  const notOk = notOkText(progress);
  const documents = `${done.documents} of ${count(counts.documents, 'document')}`;
  return `${documents}, ${done.jobs} of ${count(counts.jobs, 'job')}${notOk && `, ${notOk}`}`;
}
