import type { Workflow, WorkflowClient, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';

/**
 * The handle of a start that may have joined a workflow that continued as new. The SDK takes the run that was joined for the first of its
 * chain, and the server finds the workflow to cancel or terminate by the id of the first only: that id is asked for when it is needed.
 */
export function chainHandle<T extends Workflow>(
  client: WorkflowClient,
  handle: WorkflowHandleWithFirstExecutionRunId<T>,
): WorkflowHandleWithFirstExecutionRunId<T> {
  const { workflowId, firstExecutionRunId: joined } = handle;
  const chain = async () => {
    const { raw } = await client.getHandle(workflowId, joined).describe();
    const firstExecutionRunId = raw.workflowExecutionInfo?.firstRunId || joined;
    return client.getHandle(workflowId, undefined, { firstExecutionRunId });
  };
  return Object.assign(handle, {
    cancel: async () => (await chain()).cancel(),
    terminate: async (reason?: string) => (await chain()).terminate(reason),
  });
}
