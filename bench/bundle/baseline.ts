/** Workflow bundle of a worker without this package: a loop around an activity, as people write it. */
import { proxyActivities, sleep } from '@temporalio/workflow';

const { pageStatus } = proxyActivities<{ pageStatus(url: string): Promise<number> }>({
  startToCloseTimeout: '1 minute',
});

export async function waitForPage(url: string): Promise<void> {
  while ((await pageStatus(url)) !== 200) await sleep('10 seconds');
}
