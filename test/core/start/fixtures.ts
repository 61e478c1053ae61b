import type { JobSummary } from '../../../src/core/job';
import type { FailedCall } from '../../../src/core/call-error';
import type { Refusal } from '../../../src/core/refusal';
import { checkCarriedStart } from '../../../src/core/start/carried';
import { decideStart } from '../../../src/core/start/decision';
import type { StartUnderWay } from '../../../src/core/start/drive';
import type { JobList } from '../../../src/core/start/job-list';
import { DEFAULT_START_OPTIONS, type StartOptions } from '../../../src/core/start/options';
import type { ApiStartAnswer, JobAtStart, JobToStart } from '../../../src/core/start/request';
import { beginStart, sending, type StartState, unanswered } from '../../../src/core/start/state';
import { error, jobSummary, START } from '../fixtures';

export const ON_DEMAND: JobToStart = { templateId: 'hi_res_partition' };
export const WORKFLOW_ID = '0b1f6a52-6f4e-4b0e-8f3a-7c1d2e3f4a5b';
export const RUN: JobToStart = { workflowId: WORKFLOW_ID };
export const TOKEN = 'a1b2c3d4e5f6';

export const uncertain = error('server', { status: 502 }) as FailedCall;
export const rateLimited = (retryAfterMs?: number) =>
  error('rateLimit', { status: 429, ...(retryAfterMs !== undefined && { retryAfterMs }) }) as FailedCall;
export const notSent = error('connection', { notSent: true }) as FailedCall;

/** A document of the start was refused. */
export function documentRefused(reason: Refusal): FailedCall {
  const refusal = { ref: 's3://inbox/a.pdf', reason, refused: [], refusedTotal: 1 };
  const type = 'UnstructuredDocumentRefusedError';
  return { type: 'error', error: { type, message: 'refused', api: null, retryable: false, refusal } };
}

export function job(id: string, status = 'SCHEDULED'): JobSummary {
  return { ...jobSummary(status), id };
}

export function jobAtStart(id: string, inputFileIds: string[] | null = null): JobAtStart {
  return { job: job(id), inputFileIds, outputNodeFiles: null };
}

export function startedAnswer(id: string): ApiStartAnswer {
  return { started: true, ...jobAtStart(id) };
}

export function listOfJobs(jobs: JobSummary[], carrying: JobAtStart[] = []): JobList {
  return { jobs, total: jobs.length, carrying };
}

/** A start that went out at `at` and failed like that. */
export function failedStart(failed: FailedCall, token: string | null = TOKEN, at = START): StartState {
  return unanswered(sending(beginStart(token), at), failed, at);
}

export function decideAt(
  state: StartState,
  now: number,
  {
    jobToStart = ON_DEMAND,
    uploads = 1,
    random = 0,
    ...options
  }: Partial<StartOptions> & { jobToStart?: JobToStart; uploads?: number; random?: number } = {},
) {
  return decideStart(state, { ...DEFAULT_START_OPTIONS, ...options }, jobToStart, uploads, now, random);
}

/** What is left of a state after it travelled through a history: the check of what continue-as-new carries lets it pass. */
export function carried(state: StartState): StartState {
  return checkCarriedStart(JSON.parse(JSON.stringify(state)) as StartState);
}

/** A start each state of which could be carried. */
export function carriable(start: StartUnderWay): StartUnderWay {
  let { state } = start;
  const set = (next: StartState) => {
    carried(next);
    state = next;
  };
  return Object.defineProperty(start, 'state', { get: () => state, set, enumerable: true });
}
