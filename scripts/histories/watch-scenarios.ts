import { setTimeout as sleep } from 'node:timers/promises';
import { checkNow, progress } from '../../src';
import { faults } from '../../src/testing';
import type { AwaitJobHandle } from '../../src';
import { ended, type Scenario } from './recording';

/** Paths of a wait whose job a worker watches. */
export const WATCH_SCENARIOS: Record<string, Scenario> = {
  watched: {
    behaviour: 'a wait that is watched from SCHEDULED over IN_PROGRESS, with a hint in between, to COMPLETED',
    play: async ({ api, start }) => {
      const job = api.addJob({ files: 2, timeline: ['SCHEDULED'] });
      const handle = await start(job.id, {});
      await watching(handle);
      job.setStatus('IN_PROGRESS');
      await watching(handle, 'IN_PROGRESS');
      await handle.signal(checkNow);
      await sleep(500);
      await watching(handle, 'IN_PROGRESS');
      job.setStatus('COMPLETED');
      return ended(handle);
    },
  },

  'watch-failed': {
    behaviour:
      'a watch that ends by an error of the API, which counts as a failed check, and a limit of a wait that is watched',
    play: async ({ api, start }) => {
      const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: [[2, faults.status(404)]] });
      const handle = await start(job.id, { runLimit: '20 seconds' });
      return ended(handle);
    },
  },
};

async function watching(handle: AwaitJobHandle, status = 'SCHEDULED'): Promise<void> {
  for (;;) {
    const { activity, status: seen } = await handle.query(progress);
    if (activity === 'watching' && seen === status) return;
    await sleep(100);
  }
}
