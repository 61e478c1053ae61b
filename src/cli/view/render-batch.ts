import { fileURLToPath } from 'node:url';
import type { ManifestLine } from '../../core/batch/manifest-lines';
import type { BatchCounts, Manifest } from '../../core/batch/manifest';
import { defaultName } from '../../core/reference';
import { renderSection, renderTable } from './table';
import { count, type Paint, printable, span, wrap } from './text';

/** A batch that has ended, as the result shows it. */
export interface FinishedBatch {
  title: string;
  counts: BatchCounts;
  /** How long the batch took, in milliseconds. */
  elapsed: number;
  /** How many of the listed entries were left out, by reason, and the name of the file that lists them, as in the manifest. */
  leftOut: Readonly<Manifest['leftOut']>;
  leftOutFile: Manifest['leftOutFile'];
  /** How many jobs may have been started, may still run, or have outputs that were not fetched. */
  unsettledJobs: number;
  /** Some of the documents that are not ok. */
  notOk: readonly ManifestLine[];
  /** Location of the outputs, and of the manifest. */
  outputs: string;
  manifest: string;
}

/** The outcome of a batch, in at most `width` columns; paths may be longer. */
export function renderBatch(batch: FinishedBatch, width: number, paint: Paint): string {
  const { title, counts, elapsed, outputs, manifest } = batch;
  const head = ['Documents', 'Ok', 'Failed', 'Refused', 'Missing', 'Jobs', 'Failed jobs', 'Time'];
  const { documents, ok, failed, refused, missing, jobs, failedJobs } = counts;
  const numbers = [documents, ok, failed, refused, missing, jobs, failedJobs].map(String);
  const places = [
    ...leftOutLines(batch),
    `  Outputs   ${paint.good(printable(outputs))}`,
    `  Manifest  ${paint.good(printable(shownLocation(manifest)))}`,
  ];
  const sections = [
    renderSection(printable(title), renderTable(head, [[...numbers, span(elapsed)]], width), paint),
    renderNotOk(batch, width, paint),
    places.join('\n'),
    renderUnsettled(batch, width, paint),
  ];
  return sections.filter((text) => text !== undefined).join('\n\n');
}

function renderNotOk({ notOk, counts }: FinishedBatch, width: number, paint: Paint): string | undefined {
  if (notOk.length === 0) return undefined;
  const rows = notOk.map(({ ref, path, status, reason }) =>
    [path ?? defaultName(ref), status, reason ?? ''].map(printable),
  );
  const more = counts.documents - counts.ok - notOk.length;
  const table = renderTable(['Document', 'Status', 'Reason'], rows, width);
  return renderSection('Not ok', more > 0 ? `${table}\n… and ${more} more; the manifest lists all` : table, paint);
}

/** A warning about jobs that could be paid for twice. */
function renderUnsettled({ unsettledJobs, leftOut }: FinishedBatch, width: number, paint: Paint): string | undefined {
  const { unsettled: before = 0 } = leftOut;
  const sentences: string[] = [];
  if (unsettledJobs > 0)
    sentences.push(
      `${count(unsettledJobs, 'job')} may have been started, may still run, or may have outputs to fetch. Look in Unstructured before you process their documents again: unsettledJobs in the manifest shows what is known.`,
    );
  if (before > 0)
    sentences.push(
      `${count(before, 'document')} left out as unsettled: an earlier batch may have started their job. To resume it, run that batch again under its key. To send them once more, use --retry-failed with its manifest.`,
    );
  return sentences.length === 0 ? undefined : sentences.map((text) => paint.bad(wrap(text, width))).join('\n');
}

/** A location as it is shown; a file is shown by its path. */
export function shownLocation(location: string): string {
  return location.startsWith('file:') ? fileURLToPath(location) : location;
}

/** How many entries were left out for each reason, and the file that lists them. */
function leftOutLines({ leftOut, leftOutFile, manifest }: FinishedBatch): string[] {
  const reasons = Object.entries(leftOut).map(([reason, times]) => `${times} ${reason}`);
  if (reasons.length === 0) return [];
  const list = leftOutFile === null ? [] : [`            ${printable(shownLocation(beside(manifest, leftOutFile)))}`];
  return [`  Left out  ${reasons.join(', ')}`, ...list];
}

/** Location of a file whose name is relative to another location. */
function beside(location: string, name: string): string {
  return location.slice(0, location.lastIndexOf('/') + 1) + name;
}
