import type { Workflow, WorkflowClient, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';

/**
 * The handle of a start that may have joined a workflow that continued as new. The SDK takes the run that was joined for the first of its
 * chain, and the server finds the workflow to cancel or terminate by the id of the first only. That id is asked for at once: a run that
 * continued as new is deleted once the namespace's retention is over, while its chain goes on.
 * @param first The first run of the chain, where it is known
 */
export async function followChain<T extends Workflow>(
  client: WorkflowClient,
  handle: WorkflowHandleWithFirstExecutionRunId<T>,
  first?: string | null,
): Promise<WorkflowHandleWithFirstExecutionRunId<T>> {
  const { workflowId, firstExecutionRunId: joined } = handle;
  let known = first || (await findFirstRun(client, workflowId, joined));
  const chain = async () => {
    known ??= await findFirstRun(client, workflowId, joined);
    return client.getHandle(workflowId, undefined, { firstExecutionRunId: known ?? joined });
  };
  return Object.assign(handle, {
    cancel: async () => (await chain()).cancel(),
    terminate: async (reason?: string) => (await chain()).terminate(reason),
  });
}

/** undefined where it can't be had now: the start stands all the same. */
async function findFirstRun(client: WorkflowClient, workflowId: string, runId: string): Promise<string | undefined> {
  try {
    const { raw } = await client.getHandle(workflowId, runId).describe();
    return raw.workflowExecutionInfo?.firstRunId || runId;
  } catch {
    return undefined;
  }
}
