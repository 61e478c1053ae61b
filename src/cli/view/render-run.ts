import { posix } from 'node:path';
import type { DocumentResult, RunJobResult } from '../../core/run/result';
import { renderSection, renderTable } from './table';
import { type Paint, printable } from './text';

/** A finished run, as the result shows it. */
export interface FinishedRun {
  name: string;
  result: RunJobResult;
  /** Folder of the run's outputs. */
  folder: string;
  /** The run in the Web UI, if that is known. */
  url?: string | undefined;
}

/** The outcome of each document, and the location of its outputs. */
export function renderRun({ result, folder }: FinishedRun, width: number, paint: Paint): string {
  const rows = result.documents.flatMap(documentRows);
  const table = renderTable(['Document', 'Status', 'Output', 'Bytes'], rows, width);
  return renderSection('Documents to files', `${table}\n\nThe files are in ${paint.good(folder)}`, paint);
}

function documentRows(document: DocumentResult): string[][] {
  const { ref, status, outputs } = document;
  const head = [fileName(ref), status];
  if (outputs.length === 0) return [[...head, document.status === 'ok' ? '' : printable(document.reason), '']];
  return outputs.map(({ location, bytes }) => [...head, fileName(location), String(bytes)]);
}

function fileName(url: string): string {
  return printable(decodeURIComponent(posix.basename(new URL(url).pathname)));
}
