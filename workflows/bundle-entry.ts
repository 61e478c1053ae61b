/* eslint-disable no-restricted-syntax -- what the user's file exports, nobody can name here */
/**
 * Stands in a worker's bundle for the user's workflow file: exports all of it, and the workflows of this package that it does not export
 * itself. A name that the user's file exports stays the user's.
 */
import * as yours from 'temporal-unstructured/your-workflows';
import * as completion from './await-job-completion';
import * as run from './run-job';
import * as batch from './run-jobs';

const names = new Map<string, unknown>(Object.entries(yours));

export * from 'temporal-unstructured/your-workflows';
export const awaitJobCompletion = names.get('awaitJobCompletion') ?? completion.awaitJobCompletion;
export const runJob = names.get('runJob') ?? run.runJob;
export const runJobs = names.get('runJobs') ?? batch.runJobs;
/** Temporal calls the default export for workflow types that nobody exports by name. */
export default names.get('default');
