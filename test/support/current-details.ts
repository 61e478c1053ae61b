import type { WorkflowHandle } from '@temporalio/client';

/** What the Web UI asks a workflow for. */
export async function currentDetailsOf(handle: Pick<WorkflowHandle, 'query'>): Promise<string> {
  const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails;
}
