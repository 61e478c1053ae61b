import type {
  Client,
  Workflow,
  WorkflowClient,
  WorkflowHandleWithFirstExecutionRunId,
  WorkflowStartOptions,
} from '@temporalio/client';
import { askForAttributes } from '../temporal/namespace-attributes';
import { searchAttributePairs } from '../common/search-attributes';
import type { AttributeNames } from '../core/attributes';
import { attributesAtStart } from '../core/attributes-at-start';

/** Further options of a workflow start, such as memo or search attributes, except those that this package sets. */
export type MoreStartOptions = Omit<
  WorkflowStartOptions,
  'taskQueue' | 'args' | 'workflowId' | 'workflowIdConflictPolicy' | 'workflowIdReusePolicy'
>;

export function toWorkflowClient(client: Client | WorkflowClient): WorkflowClient {
  return 'workflow' in client ? client.workflow : client;
}

/**
 * Starts a workflow with the search attributes whose values are known at the start. If the namespace lacks one of them, or does not say which it has,
 * the workflow is started without them and checks for itself.
 */
export async function startListed<T extends Workflow>(
  workflows: WorkflowClient,
  type: string,
  options: WorkflowStartOptions<T>,
  names: AttributeNames | null,
  known: Parameters<typeof attributesAtStart>[0],
): Promise<WorkflowHandleWithFirstExecutionRunId<T>> {
  const isListed = names && (await askForAttributes(workflows, workflows.options.namespace, names)) === null;
  if (!isListed) return workflows.start<T>(type, options);
  const { typedSearchAttributes: given = [] } = options;
  const own = Array.isArray(given) ? given : given.getAll();
  const values = attributesAtStart(known, Date.now());
  const more = searchAttributePairs(names, values).filter(({ key }) => own.every((one) => one.key.name !== key.name));
  return workflows.start<T>(type, {
    ...options,
    typedSearchAttributes: [...own, ...more],
  });
}
