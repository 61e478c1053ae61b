import { readFileSync } from 'node:fs';
import { Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { AWAIT_JOB_COMPLETION, RUN_JOB, RUN_JOBS } from '../core/names';

/**
 * Warns of a bundle that lacks workflows of this package: if one of them is started on the worker's task queue, its caller waits forever. The worker
 * cannot know whether anything starts them.
 */
export function warnOfBundleWithout(bundle: WorkflowBundleOption): void {
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
  const missing = [AWAIT_JOB_COMPLETION, RUN_JOB, RUN_JOBS].filter((name) => !isDefined(code, name)).join(', ');
  if (missing === '') return;
  Runtime.instance().logger.warn(
    `The worker's workflowBundle lacks these workflows: ${missing}. If one is started on its task queue, it does not begin. ` +
      'Pass the UnstructuredPlugin to bundleWorkflowCode, too, or export the workflows from the workflow file: ' +
      `export { ${missing} } from 'temporal-unstructured/workflows'. If nothing starts them here, ignore this warning.`,
  );
}

/**
 * Whether a bundle defines or exports a function of that name. The name alone proves nothing: code that starts the workflow as a child contains it,
 * too.
 */
function isDefined(code: string, name: string): boolean {
  return new RegExp(`function ${name}\\s*\\(|\\b${name}"?\\s*:|\\.${name}\\s*=`).test(code);
}
