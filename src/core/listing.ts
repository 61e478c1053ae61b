/** Why a listed entry is not a document of a run. The source itself reports the last four reasons. */
export const LEFT_OUT_REASONS = [
  'hidden',
  'noMatch',
  'empty',
  'tooLarge',
  'symlink',
  'notAFile',
  'notReadable',
  'badName',
] as const;

export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** Why a source leaves an entry out. */
export type UnlistedReason = Extract<LeftOutReason, 'symlink' | 'notAFile' | 'notReadable' | 'badName'>;

/** A document found under a folder or prefix. */
export interface ListedDocument {
  ref: string;
  /** Path below the listed folder or prefix, separated by `/` and not percent-encoded. */
  path: string;
  /** Size in bytes; undefined if the source does not know it. */
  bytes?: number | undefined;
  /** Value that changes with the content: an ETag, or size and time. */
  version?: string | undefined;
  leftOut?: undefined;
}

/** An entry under a folder or prefix that the source cannot read as a document. */
export interface UnlistedEntry {
  /** Path, in the same form as a document's. The path of a folder ends with `/`; its content is not listed. */
  path: string;
  leftOut: UnlistedReason;
}

export type ListedEntry = ListedDocument | UnlistedEntry;

/** A page of a listing, in order. */
export interface ListedPage {
  entries: ListedEntry[];
}

/** A listed entry that is not a document of a run. */
export interface LeftOut {
  path: string;
  reason: LeftOutReason;
}

/** Rules that decide which listed entries are documents of a run. */
export interface ListingRules {
  matches(path: string): boolean;
  /** Whether the folder of records is treated like any other folder. */
  takesRecords: boolean;
  /** Largest document, in bytes. */
  maxBytes: number;
}

/** The folder under a target in which batches keep their records: plans and manifests. */
export const RECORDS_FOLDER = '_manifests';

/** A path segment that begins with a dot and is neither `.` nor `..`. */
const HIDDEN_PART = /(?:^|\/)\.(?!\.?(?:\/|$))/;

/**
 * Why an entry is left out; undefined if it is a document. An entry that its source cannot read is reported even if its name does not match. The
 * content of such a folder, or the target of such a link, is not known.
 */
export function reasonToLeaveOut(entry: ListedEntry, rules: ListingRules): LeftOutReason | undefined {
  const { path, leftOut } = entry;
  const isMatch = leftOut === undefined && rules.matches(path);
  if (!rules.takesRecords && `/${path}`.includes(`/${RECORDS_FOLDER}/`)) return 'hidden';
  if (!isMatch && HIDDEN_PART.test(path)) return 'hidden';
  if (leftOut !== undefined) return leftOut;
  if (!isMatch) return 'noMatch';
  if (entry.bytes === 0) return 'empty';
  return (entry.bytes ?? 0) > rules.maxBytes ? 'tooLarge' : undefined;
}
