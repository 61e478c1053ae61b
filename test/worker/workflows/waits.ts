import { awaitJobCompletion, executeRunJob } from '../../../workflows';

/** A workflow file that exports one workflow of the package, and starts another one as a child. */
export { awaitJobCompletion };
export const parent = () => Promise.resolve(executeRunJob.name);
