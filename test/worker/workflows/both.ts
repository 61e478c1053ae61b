/** A workflow file that exports the workflows of the package by hand. */
export { awaitJobCompletion, runJob } from '../../../workflows';
export { greet } from './none';
