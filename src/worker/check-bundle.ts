import { readFileSync } from 'node:fs';
import { Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { AWAIT_JOB_COMPLETION } from '../core/names';

/** Warns of a bundle that was made without the package's workflows: whatever starts one on its worker waits for ever, without a word. */
export function warnOfBundleWithout(bundle: WorkflowBundleOption): void {
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
  if (code.includes(AWAIT_JOB_COMPLETION)) return;
  Runtime.instance().logger.warn(
    `The worker's workflowBundle has no workflow ${AWAIT_JOB_COMPLETION}: waits and runs that are started on its task queue do not begin. ` +
      'Pass the UnstructuredPlugin to bundleWorkflowCode, too, or export the workflows from the workflow file: ' +
      "export { awaitJobCompletion, runJob, runJobs } from 'temporal-unstructured/workflows'",
  );
}
