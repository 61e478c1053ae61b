import { hashText } from '../digest';
import type { DocumentInput } from '../document';
import { RECORDS_FOLDER } from '../listing';
import { RESERVED } from '../run/output-template';

/** A document of the plan, with what was known about it when it was listed. */
export interface PlannedDocument extends DocumentInput {
  /** Size in bytes. */
  bytes?: number | undefined;
  /** Value that changes with the document's content. */
  version?: string | undefined;
  /** Path in the listing, if `path` is another one so that outputs have unique names; null if there is none. */
  listedPath?: string | null | undefined;
}

/** A document of the plan in the form of a run's input. */
export function toDocumentInput({
  bytes: _bytes,
  version: _version,
  listedPath: _listedPath,
  ...document
}: PlannedDocument): DocumentInput {
  return document;
}

/** Path of a document in the listing; null if there is none. */
export function listedPathOf({ path, listedPath = path ?? null }: PlannedDocument): string | null {
  return listedPath;
}

/** Longest name of a folder that stands for a key, without the digest that makes the name unique. */
const MAX_NAME = 100;

/**
 * The folder of a batch's records, below the target of its outputs, with a slash at the end. If a key is not usable as a name on every system, the
 * folder's name contains a digest.
 */
export function recordsFolder(key: string): string {
  const safe = key
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\./, '_')
    .replace(RESERVED, '_$&')
    .slice(0, MAX_NAME);
  const name = safe === key && !key.endsWith('.') ? key : `${safe}-${hashText(key)}`;
  return `${RECORDS_FOLDER}/${name}/`;
}

export const MANIFEST_NAME = 'manifest.json';
export const PLAN_NAME = 'plan.json';
export const LEFT_OUT_NAME = 'left-out.jsonl';

/** The folder that records which jobs were begun, below the batch's folder. */
export const BEGUN_PARTS = 'begun/';

/** The folder of the manifest's parts, below the batch's folder. */
export const MANIFEST_PARTS = 'manifest/';

/** The folder of a plan's parts, below the batch's folder. */
export function planParts(plan: string): string {
  return `plan/${plan}/`;
}

/** Name of a part. Parts are numbered from 1. */
export function partName(part: number): string {
  return `part-${String(part).padStart(5, '0')}.jsonl`;
}

/** Formats entries as JSON Lines: one entry per line. */
export function toLines(entries: readonly object[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** @throws SyntaxError naming the line */
export function parseLines(text: string): unknown[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      throw new SyntaxError(`line ${index + 1} is not JSON`);
    }
  });
}
