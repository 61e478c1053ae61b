import { readField } from './error-shape';
import type { StorageAnswer } from './storage-error';

/** Why a document was refused. No job was started with it. */
export const REFUSALS = [
  'malformed',
  'schemeNotAllowed',
  'folderNotAllowed',
  'originNotAllowed',
  'addressNotAllowed',
  'notFound',
  'notReadable',
  'credentialRefused',
  'notAFile',
  'empty',
  'tooLarge',
] as const;

export type Refusal = (typeof REFUSALS)[number];

export function isRefusal(value: unknown): value is Refusal {
  return (REFUSALS as readonly unknown[]).includes(value);
}

/** Why one document was refused. */
export interface DocumentRefusal extends StorageAnswer {
  /** The reference without user and query string. */
  ref: string;
  reason: Refusal;
}

/** A refused document of a run. */
export interface RefusedDocument extends DocumentRefusal {
  /** Index among the run's documents, from 0. */
  index: number;
  message: string;
}

/** A document that a run left out. */
export type SkippedDocument = Pick<RefusedDocument, 'index' | 'reason' | 'message'>;

/** Whether an entry describes a refused document, with at least the fields that a run needs. A newer worker may know more reasons. */
export function isRefusedDocument(entry: unknown): entry is SkippedDocument {
  const [index, reason, message] = ['index', 'reason', 'message'].map((name) => readField(entry, name));
  return Number.isInteger(index) && typeof reason === 'string' && typeof message === 'string';
}

/** The first refused document, and the list of all. */
export interface DocumentRefusedDetails extends DocumentRefusal {
  /** In input order, at most 100 entries and 32 KiB. `refusedTotal` has the total. */
  refused: RefusedDocument[];
  refusedTotal: number;
}
