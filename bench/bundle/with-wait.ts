/** The same worker's bundle with the one workflow that users re-export. */
export { waitForPage } from './baseline';
export { awaitJobCompletion } from 'temporal-unstructured/workflows';
