import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { quiet } from '../../support/logs';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The workflows of these tests, bundled once per test file. */
export function devBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({ workflowsPath: require.resolve('./workflows.ts'), logger: quiet });
  return bundle;
}
