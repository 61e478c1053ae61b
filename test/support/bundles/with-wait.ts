/** The same with the one workflow that every user re-exports. */
export { greeting } from './sdk-alone';
export { awaitJobCompletion } from '../../../workflows';
