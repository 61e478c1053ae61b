/** Workflow sandbox: bundled for the worker of a batch. */
export { awaitJobCompletion, runJob, runJobs } from '../../../workflows';
