/** `with-wait.ts` as it is once compiled to CommonJS, where nothing of what is required can be left out. */
import type * as Workflows from '../../workflows';

export { waitForPage } from './baseline';
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const { awaitJobCompletion } = require('temporal-unstructured/workflows') as typeof Workflows;
