/* eslint-disable no-restricted-syntax -- what the user's file exports, nobody can name here */
/**
 * The bundle of a worker contains this module in place of the user's workflow file. It exports everything from that file, and the workflows of this
 * package that the file does not export. If the user's file exports a name of this package, the user's export wins.
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
/** Temporal uses the default export for workflow types without a named export. */
export default names.get('default');
