import { invalidInput, type UnstructuredApiError } from '../errors';
import { ANSWER_MEMO, DOCUMENTS_MEMO, RUN_MEMO } from '../names';
import { given, show } from '../values';
import { memoOfJob } from '../wait/join';
import { type AnswerNote, answerNote, otherAnswer, refuseOtherAnswer } from './answer';
import { documentsDigest } from './documents-digest';
import { groupFiles, ungrouped } from './file-groups';
import type { RunJobInput } from './input';
import type { RunJobResult } from './result';
import { otherDocuments, type ResumedRun } from './resume';

/** Others may start and end runs of the same key meanwhile; beyond this number, that is no accident. Histories depend on it. */
export const MAX_TRIES = 10;

/** The error after that many tries. */
export function triedTooOften(key: string): UnstructuredApiError {
  return invalidInput(`Runs with key ${key} kept starting and ending (${MAX_TRIES} tries); try again later`);
}

/** What a run must be to be joined. */
export interface RunToJoin {
  /** Digest of its documents. @default any */
  digest?: string | undefined;
  /** What else decides its answer. @default anything */
  answer?: AnswerNote | undefined;
  /** Its job, once it has one. @default any */
  jobId?: string | undefined;
}

/** Input of the activity that joins a run of the same key. */
export interface JoinRunInput extends RunToJoin {
  /** The run's workflow id. */
  key: string;
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
type Given = Parameters<typeof answerNote>[0] & {
  [Name in 'documents' | 'plannedJob' | 'resume']?: RunJobInput<unknown>[Name] | null;
};

/** Tells what a run is for: its documents, or the job of a plan. */
function digestOf({ documents, plannedJob }: Pick<Given, 'documents' | 'plannedJob'>): string {
  return plannedJob ? `${plannedJob.plan}/${plannedJob.part}` : documentsDigest(documents ?? []);
}

/** The memo that a run begins with: what it is for, what it takes up, and what lists of workflows show of it. */
export function memoOfRun(input: Given) {
  const { resume, account } = input;
  return {
    [DOCUMENTS_MEMO]: digestOf(input),
    [ANSWER_MEMO]: answerNote(input),
    ...memoOfJob({ jobId: resume?.jobId?.toLowerCase() ?? null }, account ?? undefined),
    ...(resume && { [RUN_MEMO]: { ...resume, knownFiles: groupFiles(ungrouped(resume.knownFiles ?? [])) } }),
  };
}

/** What the run noted last for the run that resumes it; null where it sent nothing. */
export function resumeIn(memo: Record<string, unknown> | undefined): ResumedRun | null {
  return (memo?.[RUN_MEMO] as ResumedRun | null | undefined) ?? null;
}

/** Which run of its key this input joins; of its documents only their job counts where that alone is handed in. */
export function runToJoin(input: Given): RunToJoin {
  const { documents, plannedJob, resume } = input;
  const jobId = resume?.jobId ?? undefined;
  const isJobAlone = (documents ?? []).length === 0 && !plannedJob && jobId !== undefined;
  return {
    ...(!isJobAlone && { digest: digestOf(input) }),
    ...(jobId !== undefined && { jobId }),
    answer: answerNote(input),
  };
}

/**
 * Whoever takes a run up gets its job, whatever outputs they ask for.
 * @throws UnstructuredValidationError where the run's memo tells that it started another one, or by another account
 */
export function refuseOtherJob(memo: Record<string, unknown> | undefined, { answer }: RunToJoin = {}): void {
  if (!answer) return;
  const { start, account } = answer;
  refuseOtherAnswer(memo?.[ANSWER_MEMO], given({ start, account }));
}

/**
 * Whoever joins a run gets its answer: one of other documents, or by other options that decide it, would be taken for what was asked. A run
 * that was started by name has neither, and is joined as it is.
 * @throws UnstructuredValidationError where the run's memo names another one
 */
export function refuseOtherRun(
  memo: Record<string, unknown> | undefined,
  { digest, answer, jobId }: RunToJoin = {},
): void {
  const noted = memo?.[DOCUMENTS_MEMO] ?? resumeIn(memo)?.digest;
  if (digest !== undefined && typeof noted === 'string' && noted !== digest) throw otherDocuments(noted, digest);
  const job = resumeIn(memo)?.jobId;
  if (jobId !== undefined && typeof job === 'string' && job.toLowerCase() !== jobId.toLowerCase())
    throw otherAnswer('resume.jobId', [job, jobId].map(show));
  if (answer) refuseOtherAnswer(memo?.[ANSWER_MEMO], answer);
}
