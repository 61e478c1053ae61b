/** The API's operations that the fake answers. */
export const OPERATIONS = ['getJob', 'listJobs'] as const;

export type Operation = (typeof OPERATIONS)[number];
