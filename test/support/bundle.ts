import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { quiet } from './logs';

/** Environment variable with the path of the bundle that the global setup has made. */
export const BUNDLE_VARIABLE = 'TEST_WORKFLOW_BUNDLE';

/** The tests' workflows, bundled once per run of the tests. */
export function testBundle(): { codePath: string } {
  const codePath = process.env[BUNDLE_VARIABLE];
  if (codePath === undefined) throw new Error(`${BUNDLE_VARIABLE} is not set: the global setup has not run`);
  return { codePath };
}

export function bundleTestWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ workflowsPath: require.resolve('./parents.ts'), logger: quiet });
}
