import { randomBytes } from 'node:crypto';

/** Names of one run, so that two runs on one server never meet. */
export interface RunNames {
  taskQueue: string;
  workflowId: string;
  /** Workflow id of the run. */
  runId: string;
  /** And of the batch. */
  batchId: string;
  /** Of the fake's job ids. */
  seed: string;
}

export function createRunNames(): RunNames {
  const id = randomBytes(4).toString('hex');
  const name = `unstructured-demo-${id}`;
  return { taskQueue: name, workflowId: name, runId: `${name}-run`, batchId: `${name}-batch`, seed: id };
}
