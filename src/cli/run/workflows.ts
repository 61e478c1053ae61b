/** Runs in the workflow sandbox. Bundled for the worker of a batch. */
export { awaitJobCompletion, runJob, runJobs } from '../../../workflows';
