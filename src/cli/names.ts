import { randomBytes } from 'node:crypto';

/** Names of one run, so that two runs on one server never meet. */
export interface RunNames {
  taskQueue: string;
  workflowId: string;
  /** Of the fake's job ids. */
  seed: string;
}

export function createRunNames(): RunNames {
  const id = randomBytes(4).toString('hex');
  return { taskQueue: `unstructured-demo-${id}`, workflowId: `unstructured-demo-${id}`, seed: id };
}
