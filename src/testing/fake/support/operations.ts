/** The API's operations that the fake answers. */
export const OPERATIONS = [
  'getJob',
  'listJobs',
  'createJob',
  'cancelJob',
  'getJobDetails',
  'getJobFailedFiles',
  'getJobFileStatus',
  'downloadJobOutput',
  'runWorkflow',
  'listNotifications',
  'createChannel',
  'listChannels',
  'getChannel',
  'updateChannel',
  'deleteChannel',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** Whether an operation starts a job. */
export function isStart(operation: Operation | undefined): boolean {
  return operation === 'createJob' || operation === 'runWorkflow';
}
