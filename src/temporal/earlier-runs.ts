import {
  type WorkflowClient,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { unstructuredFailure } from '../common/failure';
import { errorMessage } from '../core/error-shape';
import { createUnstructuredError, invalidInput } from '../core/errors';
import { RUN_JOB } from '../core/names';
import { checkKey } from '../core/run/check-input';
import {
  type EndedRun,
  type JoinedRun,
  type JoinRunInput,
  refuseOtherJob,
  refuseOtherRun,
  resumeIn,
  type RunToJoin,
} from '../core/run/join';
import type { PartRun } from '../core/run/planned-job';
import type { RunJobResult } from '../core/run/result';
import { isObject } from '../core/values';
import { isUnimplemented } from './server-refusal';

/**
 * The latest run under a key.
 * @throws UnstructuredValidationError if the id belongs to another workflow
 * @throws UnstructuredNotFoundError if the run no longer exists, so that nobody can tell whether it started a job
 */
export async function describeRun(handle: WorkflowHandle): Promise<WorkflowExecutionDescription> {
  const description = await describe(handle);
  const { type, workflowId } = description;
  if (type !== RUN_JOB)
    throw invalidInput(`Option key is ${JSON.stringify(workflowId)}, the id of a workflow of type ${type}.`);
  return description;
}

/**
 * @param jobId The job that the run started, if known
 * @throws UnstructuredNotFoundError if the run no longer exists
 */
export function requireRun(
  workflows: WorkflowClient,
  { workflowId, runId }: PartRun,
  jobId: string | null,
): Promise<unknown> {
  return describe(workflows.getHandle(workflowId, runId), jobId);
}

async function describe(handle: WorkflowHandle, jobId: string | null = null): Promise<WorkflowExecutionDescription> {
  try {
    return await handle.describe();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const key = JSON.stringify(handle.workflowId);
    throw createUnstructuredError(
      `The run of the key ${key} no longer exists: it was deleted, or it ended longer ago than the namespace's retention. ` +
        (jobId === null
          ? 'It is unknown whether it started a job.'
          : `It started job ${jobId}: fetch its outputs by a run with resume: { jobId }.`),
      { kind: 'notFound' },
    );
  }
}

export function isUnderWay({ status }: Pick<WorkflowExecutionDescription, 'status'>): boolean {
  return status.name === 'RUNNING' || status.name === 'PAUSED';
}

/**
 * Waits for the end of a run, including the runs that it continues as.
 * @returns undefined if the run continued as new and its end does not say what was started; its last run says that
 * @param wanted What the caller expects of the run whose result it takes, or whose job it resumes
 * @throws UnstructuredValidationError if the result or the job belongs to a run other than the wanted one
 */
export async function endOfRun(handle: WorkflowHandle, wanted: RunToJoin): Promise<JoinedRun | undefined> {
  let result: RunJobResult;
  try {
    result = (await handle.result()) as RunJobResult;
  } catch (error) {
    const { status, memo } = await describeRun(handle);
    if (isUnderWay({ status })) throw error; // the run has not ended: waiting for it failed
    const failure = unstructuredFailure(error);
    const told = failure?.details.run;
    if (!told && isContinued({ status })) return undefined; // its memo is not the latest
    // A run whose failure does not say it has a note in its memo, for example if it was terminated or its input was refused.
    const resume = told ?? resumeIn(memo);
    if (resume) refuseOtherJob(memo, wanted);
    return { status: 'ended', resume, reason: failure ? `${failure.type}: ${failure.message}` : causeText(error) };
  }
  refuseOtherRun((await describe(handle)).memo, wanted);
  return { status: 'completed', result };
}

function causeText(error: unknown): string {
  const { cause } = error as Error;
  return isObject(cause) ? errorMessage(cause) : String(error);
}

/** Most runs of one key to inspect. */
const LISTED = 100;

/**
 * Finds the newest earlier run that succeeded or sent a start, and how it ended. A later run may have ended before it knew of that start, so runs
 * that did neither are skipped. The server's list of workflows may lag by moments, and some servers have none: then no earlier run is found.
 * @returns undefined if the list names a run that has continued as new in the meantime; the list will then name its last run
 */
export async function endOfRunBefore(
  workflows: WorkflowClient,
  { key, before, ...wanted }: JoinRunInput,
): Promise<JoinedRun | undefined> {
  const earlier = (await listRuns(workflows, key)).filter((run) => run.runId !== before && !isContinued(run));
  for (const run of earlier.sort((a, b) => b.startTime.getTime() - a.startTime.getTime())) {
    const end = await endOfRun(workflows.getHandle(key, run.runId), wanted);
    if (!end || end.status === 'completed' || end.resume) return end;
  }
  return NONE_BEFORE;
}

const NONE_BEFORE: EndedRun = { status: 'ended', resume: null, reason: 'no earlier run sent a start' };

type ListedRun = Pick<WorkflowExecutionInfo, 'runId' | 'startTime' | 'status'>;

/** Whether a run has continued as new. The last run of its chain is listed, too, and says how it ended. */
function isContinued({ status }: Pick<ListedRun, 'status'>): boolean {
  return status.name === 'CONTINUED_AS_NEW';
}

/** @throws UnstructuredValidationError for a key that a query cannot contain */
async function listRuns(workflows: WorkflowClient, key: string): Promise<ListedRun[]> {
  checkKey(key); // a run that was started by its workflow type may have any id
  const query = `WorkflowType = '${RUN_JOB}' AND WorkflowId = ${JSON.stringify(key)}`;
  const runs: ListedRun[] = [];
  try {
    for await (const run of workflows.list({ query, pageSize: LISTED })) if (runs.push(run) === LISTED) break;
  } catch (error) {
    if (!isUnimplemented(error)) throw error;
  }
  return runs;
}
