import { executeAwaitJob, executeAwaitJobs, executeRunJob, executeRunJobs } from '../../../workflows';

/** A workflow file that starts the package's workflows as children, and exports none of them. */
export const parents = [executeAwaitJob, executeAwaitJobs, executeRunJob, executeRunJobs].map(
  (start) => () => Promise.resolve(start.name),
);
