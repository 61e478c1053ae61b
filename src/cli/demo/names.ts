import { randomBytes } from 'node:crypto';

/** Names for one run of the demo, so that two runs on one server do not collide. */
export interface RunNames {
  taskQueue: string;
  workflowId: string;
  /** Workflow id of the document run. */
  runId: string;
  /** Workflow id of the batch. */
  batchId: string;
  /** Seed of the fake API's job ids. */
  seed: string;
}

export function createRunNames(): RunNames {
  const id = randomBytes(4).toString('hex');
  const name = `unstructured-demo-${id}`;
  return { taskQueue: name, workflowId: name, runId: `${name}-run`, batchId: `${name}-batch`, seed: id };
}
