import type { Client, WorkflowClient, WorkflowStartOptions } from '@temporalio/client';

/** Further options of a workflow start, such as memo or search attributes, except those that this package sets. */
export type MoreStartOptions = Omit<
  WorkflowStartOptions,
  'taskQueue' | 'args' | 'workflowId' | 'workflowIdConflictPolicy' | 'workflowIdReusePolicy'
>;

export function workflowsOf(client: Client | WorkflowClient): WorkflowClient {
  return 'workflow' in client ? client.workflow : client;
}
