import { invalidInput, type UnstructuredApiError } from '../errors';
import { DOCUMENTS_MEMO, RUN_MEMO } from '../names';
import { documentsDigest } from './documents-digest';
import { groupFiles, ungrouped } from './file-groups';
import type { RunJobInput } from './input';
import type { RunJobResult } from './result';
import { otherDocuments, type ResumedRun } from './resume';

/** Others may start and end runs of the same key meanwhile; more often than this they are no accident. */
export const MAX_TRIES = 10;

/** The failure after that many. */
export function triedTooOften(key: string): UnstructuredApiError {
  return invalidInput(`Runs of the key ${key} were started and ended ${MAX_TRIES} times by others`);
}

/** Input of the activity that joins a run of the same key. */
export interface JoinRunInput {
  /** The run's workflow id. */
  key: string;
  /** Digest of the documents that the run must be for. @default any */
  digest?: string | undefined;
  /** Instead of the latest run, the newest before this one, by its run id. */
  before?: string | undefined;
}

/** How a run that was joined ended. */
export type JoinedRun = { status: 'completed'; result: RunJobResult } | EndedRun;

/** `resume` takes its job up again; null where nothing was sent, so that a new run may start one. `reason` is for people. */
export interface EndedRun {
  status: 'ended';
  resume: ResumedRun | null;
  reason: string;
}

/** The input of a run, checked: `null` stands for what is not given. */
type Given = { [Name in 'documents' | 'resume']?: RunJobInput<unknown>[Name] | null };

/** The memo that a run begins with: what it is for, and what it takes up. */
export function memoOfRun({ documents, resume }: Given) {
  return {
    [DOCUMENTS_MEMO]: documentsDigest(documents ?? []),
    ...(resume && { [RUN_MEMO]: { ...resume, knownFiles: groupFiles(ungrouped(resume.knownFiles ?? [])) } }),
  };
}

/** What the run noted last for whoever takes it up; null where it sent nothing. */
export function resumeIn(memo: Record<string, unknown> | undefined): ResumedRun | null {
  return (memo?.[RUN_MEMO] as ResumedRun | null | undefined) ?? null;
}

/** By which documents a run may be joined, as their digest; undefined where only its job counts. */
export function digestToJoin({ documents, resume }: Given): string | undefined {
  const list = documents ?? [];
  return list.length === 0 && resume?.jobId != null ? undefined : documentsDigest(list);
}

/**
 * Results are told by the place of their documents: whoever joins a run with other documents would get what was made of another.
 * @throws UnstructuredValidationError where the run's memo tells of other documents
 */
export function refuseOtherDocuments(memo: Record<string, unknown> | undefined, digest: string | undefined): void {
  const noted = memo?.[DOCUMENTS_MEMO] ?? resumeIn(memo)?.digest;
  if (digest !== undefined && typeof noted === 'string' && noted !== digest) throw otherDocuments(noted, digest);
}
