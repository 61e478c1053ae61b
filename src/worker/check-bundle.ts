import { readFileSync } from 'node:fs';
import { Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { AWAIT_JOB_COMPLETION, RUN_JOB, RUN_JOBS } from '../core/names';

/**
 * Warns of a bundle that was made without the package's workflows: whatever starts one on its worker waits for ever, without a word. Whoever
 * exports some of them by hand has chosen.
 */
export function warnOfBundleWithout(bundle: WorkflowBundleOption): void {
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
  if ([AWAIT_JOB_COMPLETION, RUN_JOB, RUN_JOBS].some((name) => isDefined(code, name))) return;
  Runtime.instance().logger.warn(
    `The worker's workflowBundle has no workflow ${AWAIT_JOB_COMPLETION}: waits and runs that are started on its task queue do not begin. ` +
      'Pass the UnstructuredPlugin to bundleWorkflowCode, too, or export the workflows from the workflow file: ' +
      "export { awaitJobCompletion, runJob, runJobs } from 'temporal-unstructured/workflows'",
  );
}

/** Whether a bundle defines a function of that name, or exports one: what starts it as a child holds its name, too. */
function isDefined(code: string, name: string): boolean {
  return new RegExp(`function ${name}\\s*\\(|\\b${name}"?\\s*:|\\.${name}\\s*=`).test(code);
}
