import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type {
  AwaitJobHandle,
  AwaitJobOptions,
  JobToAwait,
  RunJobHandle,
  RunJobInput,
  RunJobsHandle,
  RunJobsInput,
} from '../../src';
import type { FakeUnstructured } from '../../src/testing';
import { eventsOf, type RunId } from '../../test/support/histories';

/** What a scenario is played with. */
export interface Recording {
  env: TestWorkflowEnvironment;
  api: FakeUnstructured;
  queue: string;
  /** Documents that are there, and a place for outputs. */
  documents: { ref: string }[];
  /** A document that breaks off when it is sent first. */
  breakingOff: { ref: string };
  outputs: { to: string };
  start: (job: JobToAwait, options: AwaitJobOptions) => Promise<AwaitJobHandle>;
  startRun: (key: string, input: RunJobInput) => Promise<RunJobHandle>;
  startBatch: (key: string, input: RunJobsInput) => Promise<RunJobsHandle>;
}

/** A path that matters. */
export interface Scenario {
  /** What every later version must replay by it. */
  behaviour: string;
  /** Plays it to its end. */
  play: (recording: Recording) => Promise<RunId>;
}

/** The first run of a workflow that ended, in whatever way. */
export async function ended(handle: Pick<WorkflowHandle, 'workflowId' | 'result' | 'fetchHistory'>): Promise<RunId> {
  await handle.result().catch(() => undefined);
  const [started] = await eventsOf(handle);
  return {
    workflowId: handle.workflowId,
    runId: started?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? '',
  };
}
