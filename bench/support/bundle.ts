import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The benches' workflows, bundled once per process. */
export function benchBundle(): Promise<WorkflowBundleWithSourceMap> {
  const logger = new DefaultLogger('ERROR');
  bundle ??= bundleWorkflowCode({ workflowsPath: require.resolve('./workflows.ts'), logger });
  return bundle;
}
