import { checkNow } from '../../src';
import { faults, type TimelineStep } from '../../src/testing';
import { parentInline, parentOfChild } from '../../test/support/parents';
import { ended, type Scenario } from './recording';

const TIMELINE: TimelineStep[] = [['SCHEDULED', '5m'], ['IN_PROGRESS', '15m'], ['COMPLETED']];
const OPTIONS = { minimumGap: '1 minute', maximumGap: '4 minutes', runLimit: '6 hours' } as const;

/** Paths of a wait. */
export const WAIT_SCENARIOS: Record<string, Scenario> = {
  simple: async ({ api, start }) => ended(await start(api.addJob({ files: 2, timeline: TIMELINE }).id, OPTIONS)),

  hiccups: async ({ api, start }) => {
    const job = api.addJob({
      timeline: TIMELINE,
      faults: [
        [1, faults.status(404)],
        [3, faults.rateLimit({ retryAfter: 5 })],
        [{ after: '6m', until: '12m' }, faults.status(503)],
        [{ after: '12m', until: '13m' }, faults.status(401)],
        [{ after: '14m', until: '16m' }, faults.patch({ set: { status: 'PAUSED' } })],
      ],
      answers: { outputNodeFiles: 'nullOnceTerminal' },
    });
    const handle = await start(job.id, OPTIONS);
    await handle.signal(checkNow);
    await handle.signal(checkNow, { safetyGap: '2 minutes' });
    return ended(handle);
  },

  failed: async ({ api, start }) =>
    ended(await start(api.addJob({ timeline: [['IN_PROGRESS', '5m'], ['FAILED']] }).id, OPTIONS)),

  'timed-out': async ({ api, start }) =>
    ended(await start(api.addJob({ timeline: ['IN_PROGRESS'] }).id, { ...OPTIONS, runLimit: '10 minutes' })),

  continued: async ({ api, start }) => {
    const job = api.addJob({ timeline: [['SCHEDULED', { checks: 4 }], ['IN_PROGRESS', { checks: 8 }], ['COMPLETED']] });
    return ended(await start(job.id, { ...OPTIONS, continueAsNewAfterEvents: 50 }));
  },

  'inline-parent': async ({ env, api, queue }) => {
    const jobIds = [api.addJob({ timeline: TIMELINE }).id, api.addJob({ timeline: ['COMPLETED'] }).id];
    const args: Parameters<typeof parentInline> = [jobIds, OPTIONS];
    return ended(await env.client.workflow.start(parentInline, { workflowId: 'inline', taskQueue: queue, args }));
  },

  'child-parent': async ({ env, api, queue }) => {
    const args: Parameters<typeof parentOfChild> = [api.addJob({ timeline: TIMELINE }).id, OPTIONS];
    return ended(await env.client.workflow.start(parentOfChild, { workflowId: 'parent', taskQueue: queue, args }));
  },
};
