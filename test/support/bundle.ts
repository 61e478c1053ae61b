import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { quiet } from './logs';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The tests' workflows, bundled once per test file. */
export function testBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({ workflowsPath: require.resolve('./parents.ts'), logger: quiet });
  return bundle;
}
