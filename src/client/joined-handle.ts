import type { Workflow, WorkflowClient, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';

/**
 * Makes `cancel` and `terminate` work on the handle of a start that may have joined a workflow that had continued as new. The SDK takes the joined
 * run for the first of its chain, but the server finds the workflow to cancel or terminate only by the id of the first run. That id is requested at
 * once, because the namespace's retention deletes a run that continued as new while its chain goes on.
 * @param first The first run of the chain, if it is known
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

/** Returns undefined if the id cannot be read now: the start itself has succeeded. */
async function findFirstRun(client: WorkflowClient, workflowId: string, runId: string): Promise<string | undefined> {
  try {
    const { raw } = await client.getHandle(workflowId, runId).describe();
    return raw.workflowExecutionInfo?.firstRunId || runId;
  } catch {
    return undefined;
  }
}
