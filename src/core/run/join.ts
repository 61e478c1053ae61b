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

/** Other callers may start and end runs of the same key in the meantime. More than this number is not a coincidence. Histories depend on it. */
export const MAX_TRIES = 10;

/** The error after that many tries. */
export function triedTooOften(key: string): UnstructuredApiError {
  return invalidInput(`Runs with key ${key} kept starting and ending (${MAX_TRIES} tries); try again later`);
}

/** The conditions under which a run is joined. */
export interface RunToJoin {
  /** Digest of its documents. @default any */
  digest?: string | undefined;
  /** What else decides the answer of the run. @default anything */
  answer?: AnswerNote | undefined;
  /** Id of its job, once it has one. @default any */
  jobId?: string | undefined;
}

/** Input of the activity that joins a run with the same key. */
export interface JoinRunInput extends RunToJoin {
  /** The run's workflow id. */
  key: string;
  /** Joins the newest run before the run with this id, instead of the latest run. */
  before?: string | undefined;
}

/** How a joined run ended. */
export type JoinedRun = { status: 'completed'; result: RunJobResult } | EndedRun;

/** `resume` resumes the run's job. It is null if nothing was sent, so that a new run may start a job. `reason` is for people. */
export interface EndedRun {
  status: 'ended';
  resume: ResumedRun | null;
  reason: string;
}

/** The checked input of a run. `null` counts as not given. */
type Given = Parameters<typeof answerNote>[0] & {
  [Name in 'documents' | 'plannedJob' | 'resume']?: RunJobInput<unknown>[Name] | null;
};

/** Identifies what a run is for: its documents, or the job of a plan. */
function digestOf({ documents, plannedJob }: Pick<Given, 'documents' | 'plannedJob'>): string {
  return plannedJob ? `${plannedJob.plan}/${plannedJob.part}` : documentsDigest(documents ?? []);
}

/** The memo of a run at its start: what it is for, what it resumes, and what lists of workflows show about it. */
export function memoOfRun(input: Given) {
  const { resume, account } = input;
  return {
    [DOCUMENTS_MEMO]: digestOf(input),
    [ANSWER_MEMO]: answerNote(input),
    ...memoOfJob({ jobId: resume?.jobId?.toLowerCase() ?? null }, account ?? undefined),
    ...(resume && { [RUN_MEMO]: { ...resume, knownFiles: groupFiles(ungrouped(resume.knownFiles ?? [])) } }),
  };
}

/** What the run stored last for the run that resumes it; null if the run sent nothing. */
export function resumeIn(memo: Record<string, unknown> | undefined): ResumedRun | null {
  return (memo?.[RUN_MEMO] as ResumedRun | null | undefined) ?? null;
}

/**
 * The conditions under which this input joins a run of its key. If the input only has a job and no documents, the documents of the run do not matter.
 */
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
 * A caller that resumes a run gets its job, whatever outputs the caller asks for.
 * @throws UnstructuredValidationError if the run's memo says that it started another job, or used another account
 */
export function refuseOtherJob(memo: Record<string, unknown> | undefined, { answer }: RunToJoin = {}): void {
  if (!answer) return;
  const { start, account } = answer;
  refuseOtherAnswer(memo?.[ANSWER_MEMO], given({ start, account }));
}

/**
 * A caller that joins a run gets its answer. The answer for other documents, or under other options that decide it, would be mistaken for the one
 * that was asked for. A run that was started by its workflow type, without this package's client, has neither in its memo, and is joined as it is.
 * @throws UnstructuredValidationError if the run's memo names something else
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
