/** The same worker's bundle with all that the workflow entry offers. */
export { waitForPage } from './baseline';
export {
  awaitJob,
  awaitJobCompletion,
  checkNow,
  executeAwaitJob,
  progress,
  unstructuredFailure,
} from 'temporal-unstructured/workflows';
