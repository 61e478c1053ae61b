/** What any worker's bundle holds: the SDK and a workflow of one activity. */
import { proxyActivities } from '@temporalio/workflow';

const { greet } = proxyActivities<{ greet(name: string): Promise<string> }>({ startToCloseTimeout: '1 minute' });

export async function greeting(name: string): Promise<string> {
  return greet(name);
}
