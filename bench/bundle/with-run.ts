/** The same worker's bundle with runs beside it. */
export { waitForPage } from './baseline';
export { awaitJobCompletion, runJob } from 'temporal-unstructured/workflows';
