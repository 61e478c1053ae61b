import type { DocumentInput } from '../document';
import { isRefusedDocument, type SkippedDocument } from '../refusal';
import { invalidInput, type UnstructuredApiError } from '../errors';
import { isoTime } from '../instant';
import { isJobId, type NodeFile } from '../job';
import { anyThat, BOOLEAN, INSTANT, readOption, refuseUnknown, type Rule, UUID, wrongOption } from '../option-rules';
import type { StartUnderWay } from '../start/drive';
import { beginStart, beginUncertain, type StartState } from '../start/state';
import { given, isObject } from '../values';
import { checkNodeFiles } from '../wait/input';
import { describeDifference, documentsDigest } from './documents-digest';
import { type FileGroup, filesOfGroups, isGroup } from './file-groups';

/** An earlier run of the same documents, to be resumed instead of starting a job. The failures and memos of a run contain it. */
export type ResumedRun = ResumedFacts &
  (
    | {
        /** The job. */
        jobId: string;
        sentAt?: string | undefined;
      }
    | {
        jobId?: undefined;
        /** When a start was sent whose answer was lost, ISO-8601. The run looks for its job and sends nothing. */
        sentAt: string;
      }
  );

interface ResumedFacts {
  /** Output node files of the answer to the start: single files, or groups as in failures and memos. */
  knownFiles?: NodeFile[] | FileGroup[] | undefined;
  /** Token of the start: uploaded names begin with it. */
  token?: string | null | undefined;
  /** Digest of the documents that were sent, in their order. Files are matched to documents by that order, so another list is refused. */
  digest?: string | undefined;
  /**
   * When the answer was known to be lost, ISO-8601. A job created later is not the job of the start. Without `lostAt`, the job of a start without
   * documents is not identified in the list.
   */
  lostAt?: string | undefined;
  /** Jobs of the workflow that existed right before the start was sent. None of them is the job of the start. */
  earlierJobIds?: string[] | undefined;
  /**
   * Whether the earlier run started the job. `true`: the job is cancelled like one that this run started. `false`: the job was adopted and
   * contains none of the documents.
   * @default unknown; the job is left when the run is cancelled
   */
  startedByRun?: boolean | undefined;
  /** Documents that were refused and left out. They have no file in the job. */
  skipped?: SkippedDocument[] | undefined;
}

/** A job of an earlier run, after the check. */
export type ResolvedJob = Extract<ResumedRun, { jobId: string }> & { knownFiles?: NodeFile[] };

/** A start whose answer an earlier run lost, after the check. */
export type ResolvedStart = Exclude<ResumedRun, { jobId: string }> & { knownFiles?: NodeFile[] };

/** Merges two resumes of the same key; the caller's fields win, and a different job drops the earlier ones. */
export function mergeResumed(earlier: ResumedRun | null, again: ResumedRun | undefined): ResumedRun | undefined {
  if (!earlier || !again) return earlier ?? again;
  const ids = [earlier.jobId, again.jobId].flatMap((jobId) => jobId?.toLowerCase() ?? []);
  return new Set(ids).size > 1 ? again : { ...earlier, ...given(again) };
}

/** The state with which another run resumes a start; undefined if certainly no job was started. */
export function resumeOfStart(
  { state, activity }: Pick<StartUnderWay, 'state' | 'activity'>,
  digest: string,
): ResumedRun | undefined {
  const { token, startedJob, lastSendAt, uncertain, earlierJobIds, skipped: left } = state;
  const skipped = left && { skipped: left.map(({ index, reason, message }) => ({ index, reason, message })) };
  // A job that was taken over belongs to another caller.
  if (startedJob)
    return { jobId: startedJob.job.id, token, digest, startedByRun: startedJob.how !== 'adopted', ...skipped };
  const sentAt = uncertain?.sentAt ?? (activity === 'sending' ? lastSendAt : null);
  if (sentAt === null) return undefined;
  const bounds = earlierJobIds && uncertain?.lostAt != null && { lostAt: isoTime(uncertain.lostAt), earlierJobIds };
  return { token, digest, sentAt: isoTime(sentAt), ...bounds, ...skipped };
}

/** State of a new start, or of one that an earlier run sent. */
export function beginFrom(token: string | null, resume: ResumedRun | null, now: number): StartState {
  if (resume?.sentAt === undefined) return beginStart(token);
  const { sentAt, lostAt, earlierJobIds, skipped } = resume;
  const bounds = lostAt !== undefined && { lostAt: Date.parse(lostAt), earlierJobIds };
  const state = beginUncertain(token, { sentAt: Date.parse(sentAt), ...bounds }, now);
  return skipped ? { ...state, skipped } : state;
}

/** Rule for each field. A list of files is checked where it is used. */
const RULES: Record<Exclude<keyof ResumedRun, 'knownFiles'>, Rule> = {
  jobId: UUID,
  token: anyThat('the token of an earlier start', isToken),
  digest: anyThat('the digest of an earlier run', (value) => typeof value === 'string'),
  sentAt: INSTANT,
  lostAt: INSTANT,
  earlierJobIds: anyThat(
    'a list of job ids',
    (value): value is string[] => Array.isArray(value) && value.every(isJobId),
  ),
  startedByRun: BOOLEAN,
  skipped: anyThat(
    'what an earlier run left out',
    (value): value is SkippedDocument[] => Array.isArray(value) && value.every(isRefusedDocument),
  ),
};

/** @throws UnstructuredValidationError */
export function checkResume(resume: ResumedRun): ResolvedJob | ResolvedStart {
  if (!isObject(resume)) throw wrongOption('resume', '{ jobId }, or what an earlier run left behind', resume);
  const resumed = given(resume);
  refuseUnknown('resume.', resumed, ['knownFiles', ...Object.keys(RULES)]);
  const isLost = resumed.jobId === undefined && 'sentAt' in resumed;
  for (const [name, rule] of Object.entries(RULES)) {
    const value: unknown = resumed[name as keyof typeof RULES];
    if (value !== undefined || (name === 'jobId' && !isLost)) readOption(`resume.${name}`, rule, value);
  }
  const resolved: ResolvedJob | ResolvedStart = given({ ...resumed, knownFiles: checkKnownFiles(resumed.knownFiles) });
  return resolved.jobId === undefined ? resolved : { ...resolved, jobId: resolved.jobId.toLowerCase() };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-z]{6,32}$/.test(value);
}

function checkKnownFiles(list: ResumedRun['knownFiles']): NodeFile[] | undefined {
  const isGrouped = Array.isArray(list) && list.every(isGroup);
  return checkNodeFiles('resume.knownFiles', isGrouped ? filesOfGroups(list) : list);
}

/** Files are matched by the index of their documents. With other documents, a document would get another one's outputs. */
export function checkSameDocuments(
  documents: DocumentInput[],
  { jobId, digest }: { jobId?: string | undefined; digest?: string | undefined },
): void {
  const given = documentsDigest(documents);
  if (digest === undefined || digest === given) return;
  if (documents.length === 0 && jobId !== undefined) return;
  throw otherDocuments(digest, given);
}

/** @param earlier Digest of the documents that the earlier run sent */
export function otherDocuments(earlier: string, given: string): UnstructuredApiError {
  return invalidInput(
    `Option documents must be the list that the earlier run sent, in its order, but ${describeDifference(earlier, given)}. Signatures of links may ` +
      'differ if they are of a known kind (AWS, Google, Azure, CloudFront). If a reference differs each time, give its document an ' +
      'identity that stays the same; for other documents, use a new key.',
  );
}
