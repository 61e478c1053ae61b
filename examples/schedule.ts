import type { Client, ScheduleHandle } from '@temporalio/client';
import { parseNightly } from './workflows';

/** Each night at two, in UTC. If a night still runs when the next one is due, the next one is left out. */
export async function createNightly(client: Client, from: string, to: string): Promise<ScheduleHandle> {
  return client.schedule.create({
    scheduleId: 'nightly',
    spec: { calendars: [{ hour: 2 }] },
    action: {
      type: 'startWorkflow',
      workflowType: parseNightly,
      workflowId: 'nightly',
      taskQueue: 'documents',
      args: [from, to], // s3://inbox/ and s3://parsed/, or folders: file:///data/inbox/ and file:///data/parsed/
    },
  });
}
