import type { Workflow, WorkflowClient, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';

/**
 * The handle of a start that may have joined a workflow that continued as new. The SDK takes the run that was joined for the first of its
 * chain; by the id of the first run the server finds the workflow to cancel or terminate. Results are asked of the run that was joined: the
 * first may be past the server's retention.
 */
export async function chainHandle<T extends Workflow>(
  client: WorkflowClient,
  handle: WorkflowHandleWithFirstExecutionRunId<T>,
): Promise<WorkflowHandleWithFirstExecutionRunId<T>> {
  const { workflowId, firstExecutionRunId: joined } = handle;
  const { raw } = await client.getHandle(workflowId, joined).describe();
  const firstExecutionRunId = raw.workflowExecutionInfo?.firstRunId || joined;
  if (firstExecutionRunId === joined) return handle;
  const chain = client.getHandle(workflowId, undefined, { firstExecutionRunId });
  return Object.assign(handle, {
    firstExecutionRunId,
    cancel: () => chain.cancel(),
    terminate: (reason?: string) => chain.terminate(reason),
  });
}
