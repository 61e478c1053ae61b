import { invalidInput } from './errors';
import { show } from './option-rules';

/**
 * Checks the version of an input, or of what continue-as-new carried.
 * @param isCarried Whether the workflow itself wrote it: then a newer worker did, and the task is left to such a worker
 * @throws UnstructuredValidationError
 * @throws Error, which fails the workflow's task and not the workflow
 */
export function checkVersion(what: string, version: unknown, isCarried: boolean): void {
  if (version === 1) return;
  const message = `The version of the ${what} is ${show(version)}, which this worker does not know; it knows 1. Deploy a newer worker.`;
  throw isCarried ? new Error(message) : invalidInput(message);
}
