import { executeAwaitJob } from '../../../workflows';

export const parent = (jobId: string) => executeAwaitJob(jobId);
