import { randomUUID } from 'node:crypto';
import { msToTs } from '@temporalio/common/lib/time';
import { TestWorkflowEnvironment, type ExistingServerTestWorkflowEnvironmentOptions } from '@temporalio/testing';

/** Environment variable with the address of the dev server that the global setup has started. */
export const DEV_SERVER_VARIABLE = 'TEST_DEV_SERVER';

/** How a namespace is made. */
export interface NamespaceOptions extends Pick<ExistingServerTestWorkflowEnvironmentOptions, 'client'> {
  /** Whether it gets the search attributes that `createDevEnvironment` registers. @default true */
  hasSearchAttributes?: boolean | undefined;
}

/**
 * Connects to the dev server of this run of the tests, which the files share, in a new namespace. `teardown()` leaves the server to the others.
 */
export async function createNamespace({
  hasSearchAttributes = true,
  ...options
}: NamespaceOptions = {}): Promise<TestWorkflowEnvironment> {
  const namespace = randomUUID();
  const env = await connectToDevServer({ ...options, namespace });
  const { workflowService, operatorService } = env.connection;
  const workflowExecutionRetentionPeriod = msToTs('1 day');
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  if (!hasSearchAttributes) return env;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace: 'default' });
  await operatorService.addSearchAttributes({ namespace, searchAttributes: customAttributes });
  return env;
}

/** The same, in a namespace that is there: `default`, for programs that know no other. */
export function connectToDevServer(
  options: Pick<ExistingServerTestWorkflowEnvironmentOptions, 'client' | 'namespace'> = {},
): Promise<TestWorkflowEnvironment> {
  const address = process.env[DEV_SERVER_VARIABLE];
  if (address === undefined) throw new Error(`${DEV_SERVER_VARIABLE} is not set: the global setup has not run`);
  return TestWorkflowEnvironment.createFromExistingServer({ ...options, address });
}
