/** A workflow file that exports all workflows of the package by hand. */
export { awaitJobCompletion, runJob, runJobs } from '../../../workflows';
